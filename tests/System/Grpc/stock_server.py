"""A stock gRPC server in the portal's place: stock_server.py BEHAVIOUR...

Each behaviour is how one UploadAlerts call ends, in order; the last one goes on:
  ok              acknowledge
  STATUS          refuse with it (UNAVAILABLE, RESOURCE_EXHAUSTED, ...)
  store-STATUS    take the alerts, then refuse with it, as a server does that dies before its answer
  hang            answer nothing until the caller gives up, having taken the alerts
  restart         take the alerts, stop the whole server in the middle of the call, and come back on the same port

Prints "port N", then one JSON line for each call with the sequences and how it ended.
"""
import json
import sys
import threading
from concurrent import futures

import grpc

import messages

portal, _ = messages.load()
behaviours = sys.argv[1:]
calls = 0
lock = threading.Lock()
server = None
port = 0


def upload(request, context):
    global calls
    with lock:
        behaviour = behaviours[min(calls, len(behaviours) - 1)]
        calls += 1
    taken = behaviour in ("ok", "hang", "restart") or behaviour.startswith("store-")
    metadata = dict(context.invocation_metadata())
    print(json.dumps({
        "behaviour": behaviour, "taken": taken, "sequences": [alert.sequence for alert in request.alerts],
        "deadline": context.time_remaining() is not None, "bearer": metadata.get("authorization", ""),
        "user_agent": metadata.get("user-agent", "")}), flush=True)
    if behaviour == "ok":
        return portal.AlertAck(through_sequence=request.last_sequence, stored=len(request.alerts))
    if behaviour == "hang":
        threading.Event().wait(timeout=context.time_remaining() + 5)
    if behaviour == "restart":
        threading.Thread(target=restart).start()
        threading.Event().wait(timeout=30)
    context.abort(grpc.StatusCode[behaviour.removeprefix("store-")] if behaviour not in ("hang", "restart") else grpc.StatusCode.INTERNAL, "told to: 100 % refused / 拒否")


def restart():
    server.stop(None).wait()
    start()


def start():
    global server, port
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
    handler = grpc.unary_unary_rpc_method_handler(upload, request_deserializer=portal.AlertBatch.FromString, response_serializer=lambda reply: reply.SerializeToString())
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("sensor.portal.v1.Portal", {"UploadAlerts": handler}),))
    port = server.add_insecure_port(f"127.0.0.1:{port}")
    server.start()


start()
print(f"port {port}", flush=True)
sys.stdin.read()  # until the test closes it
server.stop(None)
