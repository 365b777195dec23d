"""Calls the sandbox with boto3, configured only by AWS_ENDPOINT_URL, and prints the results as JSON."""

import json
import sys

import boto3

cluster = sys.argv[1]
ecs = boto3.client("ecs")
elb = boto3.client("elbv2")
ssm = boto3.client("ssm")
network = boto3.client("ec2")
events = boto3.client("events")
functions = boto3.client("lambda")

arns = ecs.get_paginator("list_tasks").paginate(cluster=cluster).build_full_result()["taskArns"]
described = ecs.describe_tasks(cluster=cluster, tasks=arns, include=["TAGS"])["tasks"]
groups = elb.get_paginator("describe_target_groups").paginate().build_full_result()["TargetGroups"]
health = elb.describe_target_health(TargetGroupArn=groups[0]["TargetGroupArn"])["TargetHealthDescriptions"]
ssm.put_parameter(Name="/boto3/one", Value="1", Type="String", Overwrite=True)
entry = {"Source": "boto3", "DetailType": "Seen", "Detail": "{}"}

print(
    json.dumps(
        {
            "tasks": sorted([task["taskArn"], task["lastStatus"]] for task in described),
            "created": described[0]["createdAt"].tzinfo is not None,
            "health": [description["TargetHealth"]["State"] for description in health],
            "parameters": ssm.get_parameters(Names=["/boto3/one", "/boto3/two"])["InvalidParameters"],
            "interfaces": sorted(
                interface["Description"].split("/")[0]
                for interface in network.describe_network_interfaces()["NetworkInterfaces"]
            ),
            "failedEntries": events.put_events(Entries=[entry])["FailedEntryCount"],
            "functions": [function["FunctionName"] for function in functions.list_functions()["Functions"]],
        }
    )
)
