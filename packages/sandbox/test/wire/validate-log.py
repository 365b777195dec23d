"""Validates a call log of the sandbox against the official service models in botocore.

Reads JSON lines (`CallLog.toJsonLines()` of a sandbox with `keepRawMessages`). Every request must be one that botocore
itself could have sent: valid under the operation's input shape, and serialised to the same bytes except for their order.
botocore must be able to read every reply, without unknown members, wrong types or missing required members. Prints each
problem, and exits with 1 if there is one.
"""

import base64
import collections
import datetime
import json
import re
import sys
import urllib.parse
import xml.etree.ElementTree as ElementTree

import botocore.parsers
import botocore.serialize
import botocore.session
import botocore.validate

MODELS = {"ec2": "ec2", "ecs": "ecs", "elasticloadbalancing": "elbv2", "events": "events", "lambda": "lambda", "logs": "logs", "monitoring": "cloudwatch", "ssm": "ssm"}

# Errors that every service may return and no model lists.
COMMON_ERRORS = {
    "AccessDenied",
    "AccessDeniedException",
    "InternalFailure",
    "InvalidAction",
    "SerializationException",
    "Throttling",
    "ThrottlingException",
    "UnknownOperationException",
    "ValidationError",
    "ValidationException",
}



def protocol_of(model):
    """The protocol of the SDK for JavaScript. botocore itself sends CBOR to CloudWatch, which accepts both."""
    protocol = model.metadata["protocol"]
    return "json" if protocol == "smithy-rpc-v2-cbor" else protocol


SESSION = botocore.session.get_session()


class Problems(list):
    def check(self, right, path, text):
        if not right:
            self.append(f"{path}: {text}")
        return right


def check_json(shape, value, path, problems):
    """Checks a JSON value against its shape, more strictly than botocore's parser does."""
    kind = shape.type_name
    if kind == "structure":
        if not problems.check(isinstance(value, dict), path, f"{value!r} is no structure"):
            return
        names = {member.serialization.get("name", name): (name, member) for name, member in shape.members.items()}
        for name, member in value.items():
            if problems.check(name in names, f"{path}.{name}", "the model has no such member"):
                check_json(names[name][1], member, f"{path}.{name}", problems)
        for name in shape.required_members:
            member = shape.members[name]
            if "location" not in member.serialization:
                problems.check(member.serialization.get("name", name) in value, f"{path}.{name}", "required and missing")
    elif kind == "list":
        if problems.check(isinstance(value, list), path, f"{value!r} is no list"):
            for index, item in enumerate(value):
                check_json(shape.member, item, f"{path}[{index}]", problems)
    elif kind == "map":
        if problems.check(isinstance(value, dict), path, f"{value!r} is no map"):
            for name, item in value.items():
                check_json(shape.value, item, f"{path}.{name}", problems)
    else:
        check_scalar(shape, value, path, problems)


def check_scalar(shape, value, path, problems):
    kind = shape.type_name
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    right = {
        "string": isinstance(value, str),
        "blob": isinstance(value, str),
        "boolean": isinstance(value, bool),
        "integer": number and float(value).is_integer(),
        "long": number and float(value).is_integer(),
        "float": number,
        "double": number,
        "timestamp": number,
    }[kind]
    if problems.check(right, path, f"{value!r} is no {kind}") and kind == "string" and shape.enum:
        problems.check(value in shape.enum, path, f"{value!r} is none of {shape.enum}")


def read_json(shape, value):
    """Converts a request's JSON to the parameters of a botocore call."""
    kind = shape.type_name
    if kind == "structure":
        return {n: read_json(shape.members[n], v) if n in shape.members else v for n, v in value.items()}
    if kind == "list":
        return [read_json(shape.member, item) for item in value]
    if kind == "map":
        return {name: read_json(shape.value, item) for name, item in value.items()}
    if kind == "timestamp":
        return datetime.datetime.fromtimestamp(value, datetime.timezone.utc)
    if kind == "blob":
        return base64.b64decode(value)
    return value


def xml_to_json(shape, element):
    """Converts an element of a reply to JSON of its shape. Unknown members stay in, so that they are reported."""
    kind = shape.type_name if shape is not None else "string"
    if kind == "structure":
        return {child.tag: xml_to_json(shape.members.get(child.tag), child) for child in strip(element)}
    if kind == "list":
        return [xml_to_json(shape.member, child) for child in strip(element)]
    text = element.text or ""
    if kind in ("integer", "long"):
        return int(text)
    if kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    if kind == "timestamp":
        return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
    return text


def strip(element):
    for child in element:
        child.tag = re.sub(r"^\{.*\}", "", child.tag)
    return list(element)


def read_form(shape, form):
    """Converts the flat form of a query-protocol request to parameters."""
    tree = {}
    for key, value in form.items():
        node = tree
        *parents, last = key.split(".")
        for part in parents:
            node = node.setdefault(part, {})
        node[last] = value
    return read_tree(shape, tree)


def read_tree(shape, node):
    kind = shape.type_name
    if kind == "structure":
        return {n: read_tree(shape.members[n], v) if n in shape.members else v for n, v in node.items()}
    if kind == "list":
        items = {} if node == "" else node["member"]
        return [read_tree(shape.member, items[key]) for key in sorted(items, key=int)]
    if kind in ("integer", "long"):
        return int(node)
    if kind == "boolean":
        return {"true": True, "false": False}.get(node, node)
    return node


def read_rest(operation, request):
    """Converts path, query, headers and body of a REST request to parameters."""
    shape = operation.input_shape
    parts = urllib.parse.urlsplit(request["url"])
    template = operation.http["requestUri"].split("?")[0]
    pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template)
    match = re.fullmatch(pattern, parts.path.rstrip("/") or "/")
    found = {name: urllib.parse.unquote(text) for name, text in (match.groupdict() if match else {}).items()}
    query = dict(urllib.parse.parse_qsl(parts.query))
    params = {}
    for name, member in shape.members.items():
        location, wire_name = member.serialization.get("location"), member.serialization.get("name", name)
        source = {"uri": found, "querystring": query, "header": request["headers"]}.get(location, {})
        key = wire_name.lower() if location == "header" else wire_name
        if key in source:
            params[name] = int(source[key]) if member.type_name == "integer" else source[key]
    payload = shape.serialization.get("payload")
    if payload is not None:
        if request["body"]:
            params[payload] = request["body"].encode()
    elif request["body"]:
        params.update(read_json(shape, json.loads(request["body"])))
    return params


def read_ec2_form(shape, form):
    """Converts an EC2 request to parameters: lists are numbered, and members have the names of the form."""
    tree = {}
    for key, value in form.items():
        node = tree
        *parents, last = key.split(".")
        for part in parents:
            node = node.setdefault(part, {})
        node[last] = value
    return read_ec2_tree(shape, tree)


def ec2_name(name, member):
    serialized = member.serialization.get("queryName", member.serialization.get("name", name))
    return serialized[0].upper() + serialized[1:]


def read_ec2_tree(shape, node):
    kind = shape.type_name
    if kind == "structure":
        names = {ec2_name(name, member): (name, member) for name, member in shape.members.items()}
        return {
            names[n][0] if n in names else n: read_ec2_tree(names[n][1], v) if n in names else v
            for n, v in node.items()
        }
    if kind == "list":
        return [read_ec2_tree(shape.member, node[key]) for key in sorted(node, key=int)]
    return read_tree(shape, node)


def ec2_xml_to_json(shape, element):
    """Like `xml_to_json`, but keeps the members' names on the wire, which `check_json` expects."""
    kind = shape.type_name if shape is not None else "string"
    if kind == "structure":
        members = {member.serialization.get("name", name): member for name, member in shape.members.items()}
        return {child.tag: ec2_xml_to_json(members.get(child.tag), child) for child in strip(element)}
    if kind == "list":
        return [ec2_xml_to_json(shape.member, child) for child in strip(element)]
    return xml_to_json(shape, element)


def check_request(model, operation, request, problems):
    protocol = protocol_of(model)
    shape = operation.input_shape
    if protocol == "json":
        sent = json.loads(request["body"] or "{}")
        params = read_json(shape, sent)
    elif protocol in ("query", "ec2"):
        sent = dict(urllib.parse.parse_qsl(request["body"], keep_blank_values=True))
        problems.check(sent.pop("Action", None) == operation.name, "request", "Action is not the operation")
        problems.check(sent.pop("Version", None) == model.api_version, "request", "Version is not the model's")
        params = read_form(shape, sent) if protocol == "query" else read_ec2_form(shape, sent)
    else:
        params = read_rest(operation, request)
        sent = None
    known = set(shape.members)
    for name in params:
        problems.check(name in known, f"request.{name}", "the model has no such member")
    report = botocore.validate.ParamValidator().validate(params, shape)
    if report.has_errors():
        problems.append(f"request: {report.generate_report()}")
        return
    serialized = botocore.serialize.create_serializer(protocol).serialize_to_request(params, operation)
    if protocol == "json":
        problems.check(json.loads(serialized["body"]) == sent, "request", f"botocore would send {serialized['body']}")
    elif protocol in ("query", "ec2"):
        again = {name: str(value) for name, value in serialized["body"].items() if name not in ("Action", "Version")}
        problems.check(again == sent, "request", f"botocore would send {again}, not {sent}")
    else:
        problems.check(serialized["method"] == request["method"], "request", "another method")
        again = urllib.parse.unquote(serialized["url_path"].split("?")[0]).rstrip("/")
        path = urllib.parse.unquote(urllib.parse.urlsplit(request["url"]).path).rstrip("/")
        problems.check(again == path, "request", f"botocore would ask for {again}, not {path}")


def check_reply(model, operation, reply, problems):
    protocol = protocol_of(model)
    parser = botocore.parsers.create_parser(protocol)
    response = {"status_code": reply["status"], "headers": reply["headers"], "body": reply["body"].encode()}
    parsed = parser.parse(response, operation.output_shape)
    problems.check(parsed["ResponseMetadata"].get("RequestId"), "reply", "no request id")
    if reply["status"] >= 300:
        check_error(model, operation, reply, parsed, problems)
        return
    shape = operation.output_shape
    if protocol == "query":
        root = ElementTree.fromstring(reply["body"])
        problems.check(root.tag == f"{{{model.metadata['xmlNamespace']}}}{operation.name}Response", "reply", root.tag)
        result = next((child for child in strip(root) if child.tag == f"{operation.name}Result"), None)
        if problems.check(result is not None, "reply", "no result"):
            check_json(shape, xml_to_json(shape, result), "reply", problems)
        return
    if protocol == "ec2":
        root = ElementTree.fromstring(reply["body"])
        problems.check(root.tag == f"{{{model.metadata['xmlNamespace']}/}}{operation.name}Response", "reply", root.tag)
        members = {child.tag: child for child in strip(root)}
        problems.check(members.pop("requestId", None) is not None, "reply", "no request id")
        names = {member.serialization.get("name", name): member for name, member in shape.members.items()}
        check_json(shape, {tag: ec2_xml_to_json(names.get(tag), child) for tag, child in members.items()}, "reply", problems)
        return
    if protocol == "rest-json":
        problems.check(reply["status"] in (operation.http["responseCode"], 202, 204), "reply", f"status {reply['status']}")
    if shape is None or "payload" in shape.serialization or reply["body"] == "":
        return
    check_json(shape, json.loads(reply["body"]), "reply", problems)


def check_error(model, operation, reply, parsed, problems):
    code = parsed["Error"]["Code"]
    shapes = {shape.metadata.get("error", {}).get("code", shape.name): shape for shape in operation.error_shapes}
    shapes.update({shape.name: shape for shape in operation.error_shapes})
    # EC2's model lists no errors.
    if model.metadata["protocol"] == "ec2":
        return
    problems.check(code in shapes or code in COMMON_ERRORS, "reply", f"{operation.name} has no error {code}")
    if code not in shapes or model.metadata["protocol"] == "query":
        return
    body = {name: value for name, value in json.loads(reply["body"]).items() if name != "__type"}
    # AWS uses both spellings of the message, and botocore reads both.
    for name in ("message", "Message"):
        if name not in shapes[code].members:
            body.pop(name, None)
    check_json(shapes[code], body, f"reply ({code})", problems)


def check_entry(entry):
    problems = Problems()
    # The log has text. The CLI, which sends CBOR to CloudWatch, has read these answers itself.
    if entry["raw"]["request"]["headers"].get("content-type") == "application/cbor":
        return problems
    model = SESSION.get_service_model(MODELS[entry["service"]])
    operation = model.operation_model(entry["operation"])
    if operation.input_shape is not None:
        check_request(model, operation, entry["raw"]["request"], problems)
    reply = entry["raw"].get("reply")
    if reply is not None:
        check_reply(model, operation, reply, problems)
    return problems


def main(path):
    counts = collections.Counter()
    wrong = 0
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            counts[f"{entry['service']} {entry['operation']}"] += 1
            for problem in check_entry(entry):
                wrong += 1
                print(f"{entry['sequence']} {entry['service']} {entry['operation']} {problem}")
    print(json.dumps({"exchanges": sum(counts.values()), "operations": len(counts), "problems": wrong}))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
