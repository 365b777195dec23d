"""Prepares and reads an AWS account through boto3, without using Terraform's state.

account.py prepare            prints a VPC ID, its subnets and a certificate, for the variables of an apply
account.py read <workspace>   prints all resources of one workspace
account.py put-parameter <name> <value>
account.py list               prints the names of all resources
"""

import json
import sys

import boto3

session = boto3.Session()


def every(client, operation, key, **arguments):
    """All items of a listing, from all pages if the service pages it."""
    if client.can_paginate(operation):
        pages = client.get_paginator(operation).paginate(**arguments)
        return [item for page in pages for item in page.get(key) or []]
    return getattr(client, operation)(**arguments).get(key) or []


def without_metadata(reply):
    return {name: value for name, value in reply.items() if name != "ResponseMetadata"}


def prepare():
    ec2 = session.client("ec2")
    vpc = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
    subnets = every(ec2, "describe_subnets", "Subnets", Filters=[{"Name": "vpc-id", "Values": [vpc]}])
    certificate = session.client("acm").request_certificate(DomainName="engines.example.org")
    return {
        "vpcId": vpc,
        "subnets": [subnet["SubnetId"] for subnet in subnets[:2]],
        "certificateArn": certificate["CertificateArn"],
    }


def read_function(workspace):
    client = session.client("lambda")
    named = {"FunctionName": f"start-engines-lambda-{workspace}", "Qualifier": "live"}
    return {
        "configuration": without_metadata(client.get_function_configuration(**named)),
        "invokeConfig": without_metadata(client.get_function_event_invoke_config(**named)),
        "policy": json.loads(client.get_policy(**named)["Policy"]),
    }


def read_roles(workspace):
    client = session.client("iam")
    roles = {}
    for role in every(client, "list_roles", "Roles"):
        name = role["RoleName"]
        if not name.startswith("start-engines-") or not name.endswith(f"-{workspace}"):
            continue
        inline = every(client, "list_role_policies", "PolicyNames", RoleName=name)
        attached = every(client, "list_attached_role_policies", "AttachedPolicies", RoleName=name)
        roles[name] = {
            "arn": role["Arn"],
            "trust": role["AssumeRolePolicyDocument"],
            "policies": [
                client.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"] for policy in inline
            ],
            "attached": [read_managed_policy(client, policy["PolicyArn"]) for policy in attached],
        }
    return roles


def read_managed_policy(client, arn):
    version = client.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    return client.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]


def read_parameters(workspace):
    client = session.client("ssm")
    path = f"/start-engines/{workspace}"
    return every(client, "get_parameters_by_path", "Parameters", Path=path, Recursive=True)


def read_rules(workspace):
    client = session.client("events")
    rules = []
    for bus in every(client, "list_event_buses", "EventBuses"):
        for rule in every(client, "list_rules", "Rules", EventBusName=bus["Name"]):
            if not rule["Name"].endswith(f"-{workspace}"):
                continue
            named = {"EventBusName": bus["Name"], "Rule": rule["Name"]}
            described = client.describe_rule(EventBusName=bus["Name"], Name=rule["Name"])
            rules.append({**without_metadata(described), "targets": every(client, "list_targets_by_rule", "Targets", **named)})
    return rules


def read_schedules(workspace):
    client = session.client("scheduler")
    group = f"start-engines-{workspace}"
    names = [item["Name"] for item in every(client, "list_schedules", "Schedules", GroupName=group)]
    return [without_metadata(client.get_schedule(GroupName=group, Name=name)) for name in names]


def read_queues(workspace):
    client = session.client("sqs")
    queues = {}
    for url in every(client, "list_queues", "QueueUrls", QueueNamePrefix="start-engines-"):
        if url.endswith(f"-{workspace}"):
            attributes = client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
            queues[url.rsplit("/", 1)[1]] = {**attributes, "Policy": json.loads(attributes.get("Policy") or "null")}
    return queues


def read_load_balancer(workspace):
    client = session.client("elbv2")
    balancer = client.describe_load_balancers(Names=[f"start-engines-{workspace}"])["LoadBalancers"][0]
    arn = balancer["LoadBalancerArn"]
    listeners = every(client, "describe_listeners", "Listeners", LoadBalancerArn=arn)
    groups = every(client, "describe_target_groups", "TargetGroups", LoadBalancerArn=arn)
    return {
        **balancer,
        "attributes": pairs(client.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]),
        "listeners": [
            {**one, "rules": client.describe_rules(ListenerArn=one["ListenerArn"])["Rules"]} for one in listeners
        ],
        "targetGroups": [
            {
                **one,
                "attributes": pairs(
                    client.describe_target_group_attributes(TargetGroupArn=one["TargetGroupArn"])["Attributes"]
                ),
            }
            for one in groups
        ],
    }


def pairs(attributes):
    return {attribute["Key"]: attribute["Value"] for attribute in attributes}


def read_security_groups(workspace):
    client = session.client("ec2")
    named = [{"Name": "group-name", "Values": [f"start-engines-{workspace}-*"]}]
    return every(client, "describe_security_groups", "SecurityGroups", Filters=named)


def read_log_groups(workspace):
    client = session.client("logs")
    groups = every(client, "describe_log_groups", "logGroups")
    return [group for group in groups if group["logGroupName"].endswith(f"-{workspace}")]


def read_alarms(workspace):
    client = session.client("cloudwatch")
    alarms = every(client, "describe_alarms", "MetricAlarms", AlarmNamePrefix=f"start-engines-{workspace}")
    return alarms


def read_api(workspace):
    client = session.client("apigatewayv2")
    apis = [item for item in every(client, "get_apis", "Items") if item["Name"] == f"start-engines-{workspace}"]
    if not apis:
        return {"stages": [], "routes": [], "integrations": [], "authorizers": []}
    api = apis[0]
    named = {"ApiId": api["ApiId"]}
    routes = every(client, "get_routes", "Items", **named)
    # moto cannot list authorizers, but can return each of them.
    used = {route["AuthorizerId"] for route in routes if "AuthorizerId" in route}
    return {
        "stages": every(client, "get_stages", "Items", **named),
        "routes": routes,
        "integrations": every(client, "get_integrations", "Items", **named),
        "authorizers": [without_metadata(client.get_authorizer(**named, AuthorizerId=one)) for one in sorted(used)],
    }


def read(workspace):
    return {
        "function": read_function(workspace),
        "roles": read_roles(workspace),
        "parameters": read_parameters(workspace),
        "rules": read_rules(workspace),
        "schedules": read_schedules(workspace),
        "queues": read_queues(workspace),
        "loadBalancer": read_load_balancer(workspace),
        "securityGroups": read_security_groups(workspace),
        "logGroups": read_log_groups(workspace),
        "alarms": read_alarms(workspace),
        "api": read_api(workspace),
    }


# Everything that a deployment could leave behind: service, operation, the key of its items, and the key of their names.
LISTINGS = [
    ("lambda", "list_functions", "Functions", "FunctionName"),
    ("iam", "list_roles", "Roles", "RoleName"),
    ("iam", "list_policies", "Policies", "PolicyName"),
    ("ssm", "describe_parameters", "Parameters", "Name"),
    ("events", "list_rules", "Rules", "Name"),
    ("events", "list_event_buses", "EventBuses", "Name"),
    ("scheduler", "list_schedule_groups", "ScheduleGroups", "Name"),
    ("sqs", "list_queues", "QueueUrls", None),
    ("elbv2", "describe_load_balancers", "LoadBalancers", "LoadBalancerName"),
    ("elbv2", "describe_target_groups", "TargetGroups", "TargetGroupName"),
    ("ec2", "describe_security_groups", "SecurityGroups", "GroupName"),
    ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    ("cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"),
    ("sns", "list_topics", "Topics", "TopicArn"),
    ("apigatewayv2", "get_apis", "Items", "Name"),
    ("stepfunctions", "list_state_machines", "stateMachines", "name"),
]


def list_everything():
    found = []
    for service, operation, key, name in LISTINGS:
        # Otherwise IAM also lists AWS's own policies.
        arguments = {"Scope": "Local"} if operation == "list_policies" else {}
        for item in every(session.client(service), operation, key, **arguments):
            found.append(f"{service} {item if name is None else item[name]}")
    return sorted(found)


def put_parameter(name, value):
    session.client("ssm").put_parameter(Name=name, Value=value, Type="String", Overwrite=True)


if __name__ == "__main__":
    command, *rest = sys.argv[1:]
    commands = {"prepare": prepare, "read": read, "put-parameter": put_parameter, "list": list_everything}
    answer = commands[command](*rest)
    json.dump(answer, sys.stdout, default=str)
