"""The uplink's messages for stock Python gRPC, compiled from the project's own .proto files by the system's protoc."""
import importlib
import pathlib
import subprocess
import sys
import tempfile

PROTOS = pathlib.Path(__file__).resolve().parents[3] / "src" / "Wire"


def load():
    """Modules (portal, health) with the message classes."""
    folder = tempfile.mkdtemp(prefix="sensor-wire-")
    for name in ("portal", "health"):
        subprocess.run(["protoc", f"-I{PROTOS}", f"--python_out={folder}", f"{name}.proto"], check=True)
    sys.path.insert(0, folder)
    return importlib.import_module("portal_pb2"), importlib.import_module("health_pb2")


def method(channel, path, reply):
    """A callable for a unary method of a channel."""
    return channel.unary_unary(path, request_serializer=lambda message: message.SerializeToString(), response_deserializer=reply.FromString)
