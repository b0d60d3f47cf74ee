"""Fleet's contract for python3-grpcio, from a file of descriptors: no generated code and no protoc needed."""

import types

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

SPECIAL = "50% \u263a \U0001f608"


def load(path):
    """All messages of the contract by their names, such as Heartbeat."""
    files = descriptor_pb2.FileDescriptorSet()
    with open(path, "rb") as file:
        files.ParseFromString(file.read())
    pool = descriptor_pool.DescriptorPool()
    make = getattr(message_factory, "GetMessageClass", None) or message_factory.MessageFactory(pool).GetPrototype
    for file in files.file:
        pool.Add(file)
    return types.SimpleNamespace(**{
        message.name: make(pool.FindMessageTypeByName("fleet.v1." + message.name))
        for file in files.file if file.package == "fleet.v1" for message in file.message_type})
