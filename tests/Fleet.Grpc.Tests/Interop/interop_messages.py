"""The interop tests' messages, described at run time: no generated code and no protoc needed."""

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_FIELD = descriptor_pb2.FieldDescriptorProto
_MESSAGES = {
    "Empty": [],
    "BoolValue": [("value", 1, _FIELD.TYPE_BOOL)],
    "Payload": [("type", 1, _FIELD.TYPE_INT32), ("body", 2, _FIELD.TYPE_BYTES)],
    "EchoStatus": [("code", 1, _FIELD.TYPE_INT32), ("message", 2, _FIELD.TYPE_STRING)],
    "SimpleRequest": [
        ("response_size", 2, _FIELD.TYPE_INT32),
        ("payload", 3, "Payload"),
        ("response_compressed", 6, "BoolValue"),
        ("response_status", 7, "EchoStatus"),
        ("expect_compressed", 8, "BoolValue"),
    ],
    "SimpleResponse": [("payload", 1, "Payload")],
    "StreamingInputCallRequest": [("payload", 1, "Payload"), ("expect_compressed", 2, "BoolValue")],
    "StreamingInputCallResponse": [("aggregated_payload_size", 1, _FIELD.TYPE_INT32)],
    "ResponseParameters": [
        ("size", 1, _FIELD.TYPE_INT32),
        ("interval_us", 2, _FIELD.TYPE_INT32),
        ("compressed", 3, "BoolValue"),
    ],
    "StreamingOutputCallRequest": [
        ("response_parameters", 2, ["ResponseParameters"]),
        ("payload", 3, "Payload"),
        ("response_status", 7, "EchoStatus"),
    ],
    "StreamingOutputCallResponse": [("payload", 1, "Payload")],
}


def _describe():
    file = descriptor_pb2.FileDescriptorProto(name="interop.proto", package="grpc.testing", syntax="proto3")
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for field_name, number, kind in fields:
            field = message.field.add(name=field_name, number=number, label=_FIELD.LABEL_OPTIONAL)
            if isinstance(kind, list):
                field.label = _FIELD.LABEL_REPEATED
                kind = kind[0]
            if isinstance(kind, str):
                field.type = _FIELD.TYPE_MESSAGE
                field.type_name = ".grpc.testing." + kind
            else:
                field.type = kind
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return pool


def _classes():
    pool = _describe()
    make = getattr(message_factory, "GetMessageClass", None) or message_factory.MessageFactory(pool).GetPrototype
    return {name: make(pool.FindMessageTypeByName("grpc.testing." + name)) for name in _MESSAGES}


globals().update(_classes())

SERVICE = "/grpc.testing.TestService/"
ECHO_INITIAL = "x-grpc-test-echo-initial"
ECHO_TRAILING = "x-grpc-test-echo-trailing-bin"


def payload(size):
    return Payload(body=bytes(size))  # noqa: F821 - made above
