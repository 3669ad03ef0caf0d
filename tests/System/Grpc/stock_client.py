"""A stock gRPC client talks to the portal: stock_client.py HOST:PORT ENROLMENT_TOKEN

Prints one JSON line per call: what was asked, the status, and what came back.
"""
import json
import sys
import uuid

import grpc

import messages

portal, health = messages.load()
address, token = sys.argv[1:3]
channel = grpc.insecure_channel(address)
sensor_id, secret = str(uuid.uuid4()), "s" * 64
PORTAL = "/sensor.portal.v1.Portal/"


def call(name, path, request, reply, metadata=(), **options):
    try:
        answer = messages.method(channel, path, reply)(request, timeout=options.pop("timeout", 20), metadata=metadata, **options)
        print(json.dumps({"call": name, "status": "OK", "answer": {field.name: value for field, value in answer.ListFields()}}), flush=True)
    except grpc.RpcError as error:
        print(json.dumps({"call": name, "status": error.code().name, "details": error.details()}), flush=True)


def alert(sequence):
    return portal.Alert(
        sequence=sequence, record_id=sequence, sid=7000001, gid=1, rev=1, signature=f"stock alert {sequence}", threat_class="c2",
        severity=portal.SEVERITY_HIGH, packet_time_ns=1_700_000_000_000_000_000 + sequence, source=portal.Endpoint(ip="192.0.2.1", port=1234))


def batch(first, last, **changes):
    made = portal.AlertBatch(sensor_id=sensor_id, epoch=77, first_sequence=first, last_sequence=last, alerts=[alert(n) for n in range(first, last + 1)])
    made.MergeFrom(portal.AlertBatch(**changes))
    return made


bearer = (("authorization", "Bearer " + secret),)
enrol = portal.EnrolRequest(sensor_id=sensor_id, enrolment_token=token, secret=secret, name="stock python")
call("health", "/grpc.health.v1.Health/Check", health.HealthCheckRequest(service="sensor.portal.v1.Portal"), health.HealthCheckResponse)
call("health of another", "/grpc.health.v1.Health/Check", health.HealthCheckRequest(service="nobody"), health.HealthCheckResponse)
call("upload before enrolment", PORTAL + "UploadAlerts", batch(1, 5), portal.AlertAck, bearer)
call("enrol with a wrong token", PORTAL + "Enrol", portal.EnrolRequest(sensor_id=sensor_id, enrolment_token="no", secret=secret), portal.EnrolReply)
call("enrol", PORTAL + "Enrol", enrol, portal.EnrolReply)
call("enrol again", PORTAL + "Enrol", enrol, portal.EnrolReply)
call("upload", PORTAL + "UploadAlerts", batch(1, 5), portal.AlertAck, bearer)
call("upload again", PORTAL + "UploadAlerts", batch(1, 5), portal.AlertAck, bearer)
call("upload overlapping", PORTAL + "UploadAlerts", batch(4, 8), portal.AlertAck, bearer)
call("upload as another box", PORTAL + "UploadAlerts", batch(9, 9, sensor_id=str(uuid.uuid4())), portal.AlertAck, bearer)
call("upload out of order", PORTAL + "UploadAlerts", batch(9, 9, alerts=[alert(3)]), portal.AlertAck, bearer)
call("heartbeat", PORTAL + "Heartbeat", portal.HeartbeatRequest(sensor_id=sensor_id, version="1.2.3", config_generation=4), portal.HeartbeatReply, bearer)
call("unknown method", PORTAL + "Reboot", enrol, portal.EnrolReply, bearer)
call("too long", PORTAL + "UploadAlerts", batch(9, 9, alerts=[portal.Alert(signature="x" * (5 << 20))]), portal.AlertAck, bearer)
call("compressed", PORTAL + "Heartbeat", portal.HeartbeatRequest(sensor_id=sensor_id, version="z" * 5000), portal.HeartbeatReply, bearer, compression=grpc.Compression.Gzip)
