"""The interop tests' client on python3-grpcio: interop_client.py PORT CERTIFICATE|- CASE... Prints a line for each case."""

import sys
import traceback

import grpc

import interop_messages as m

TIMEOUT = 20
REQUEST_SIZES = (27182, 8, 1828, 45904)
RESPONSE_SIZES = (31415, 9, 2653, 58979)
SPECIAL = "\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \U0001f608\t\n"


class Stub:
    def __init__(self, channel):
        def method(make, name, response):
            return make(m.SERVICE + name, lambda request: request.SerializeToString(), response.FromString)

        self.empty = method(channel.unary_unary, "EmptyCall", m.Empty)
        self.unary = method(channel.unary_unary, "UnaryCall", m.SimpleResponse)
        self.input = method(channel.stream_unary, "StreamingInputCall", m.StreamingInputCallResponse)
        self.output = method(channel.unary_stream, "StreamingOutputCall", m.StreamingOutputCallResponse)
        self.duplex = method(channel.stream_stream, "FullDuplexCall", m.StreamingOutputCallResponse)
        self.nowhere = method(channel.unary_unary, "NoSuchMethod", m.Empty)
        self.foreign = channel.unary_unary(
            "/grpc.testing.UnimplementedService/UnimplementedCall", lambda r: r.SerializeToString(), m.Empty.FromString)


def same(found, wanted):
    if found != wanted:
        raise AssertionError(f"found {found!r}, wanted {wanted!r}")


def large_request(**more):
    return m.SimpleRequest(response_size=314159, payload=m.payload(271828), **more)


def ping(response_size, request_size):
    return m.StreamingOutputCallRequest(
        response_parameters=[m.ResponseParameters(size=response_size)], payload=m.payload(request_size))


def failure(action, *args, **more):
    try:
        result = action(*args, **more)
        if hasattr(result, "__next__"):
            list(result)
    except grpc.RpcError as error:
        return error
    raise AssertionError("the call succeeded")


def empty_unary(stub):
    same(stub.empty(m.Empty(), timeout=TIMEOUT), m.Empty())


def large_unary(stub):
    same(stub.unary(large_request(), timeout=TIMEOUT).payload.body, bytes(314159))


def client_streaming(stub):
    requests = (m.StreamingInputCallRequest(payload=m.payload(size)) for size in REQUEST_SIZES)
    same(stub.input(requests, timeout=TIMEOUT).aggregated_payload_size, 74922)


def server_streaming(stub):
    request = m.StreamingOutputCallRequest(
        response_parameters=[m.ResponseParameters(size=size) for size in RESPONSE_SIZES])
    same(tuple(len(r.payload.body) for r in stub.output(request, timeout=TIMEOUT)), RESPONSE_SIZES)


class Pipe:
    """Requests that are handed over one by one."""

    def __init__(self):
        import queue

        self._queue = queue.Queue()

    def put(self, request):
        self._queue.put(request)

    def close(self):
        self._queue.put(None)

    def __iter__(self):
        return iter(self._queue.get, None)


def ping_pong(stub):
    pipe = Pipe()
    call = stub.duplex(iter(pipe), timeout=TIMEOUT)
    for request_size, response_size in zip(REQUEST_SIZES, RESPONSE_SIZES):
        pipe.put(ping(response_size, request_size))
        same(len(next(call).payload.body), response_size)
    pipe.close()
    same(list(call), [])
    same(call.code(), grpc.StatusCode.OK)


def empty_stream(stub):
    call = stub.duplex(iter(()), timeout=TIMEOUT)
    same(list(call), [])
    same(call.code(), grpc.StatusCode.OK)


def custom_metadata(stub):
    sent = ((m.ECHO_INITIAL, "test_initial_metadata_value"), (m.ECHO_TRAILING, b"\xab\xab\xab"))

    def check(call):
        same(dict(call.initial_metadata()).get(m.ECHO_INITIAL), "test_initial_metadata_value")
        same(dict(call.trailing_metadata()).get(m.ECHO_TRAILING), b"\xab\xab\xab")

    _, call = stub.unary.with_call(large_request(), metadata=sent, timeout=TIMEOUT)
    check(call)
    call = stub.duplex(iter((ping(314159, 271828),)), metadata=sent, timeout=TIMEOUT)
    same(len(list(call)), 1)
    check(call)


def expect_status(stub, message):
    status = m.EchoStatus(code=2, message=message)
    error = failure(stub.unary, m.SimpleRequest(response_status=status), timeout=TIMEOUT)
    same((error.code(), error.details()), (grpc.StatusCode.UNKNOWN, message))
    request = m.StreamingOutputCallRequest(response_status=status)
    error = failure(stub.duplex, iter((request,)), timeout=TIMEOUT)
    same((error.code(), error.details()), (grpc.StatusCode.UNKNOWN, message))


def status_code_and_message(stub):
    expect_status(stub, "test status message")


def special_status_message(stub):
    expect_status(stub, SPECIAL)


def unimplemented_method(stub):
    same(failure(stub.nowhere, m.Empty(), timeout=TIMEOUT).code(), grpc.StatusCode.UNIMPLEMENTED)


def unimplemented_service(stub):
    same(failure(stub.foreign, m.Empty(), timeout=TIMEOUT).code(), grpc.StatusCode.UNIMPLEMENTED)


def cancel_after_begin(stub):
    pipe = Pipe()
    call = stub.input.future(iter(pipe), timeout=TIMEOUT)
    call.cancel()
    pipe.close()
    same(call.code(), grpc.StatusCode.CANCELLED)


def cancel_after_first_response(stub):
    pipe = Pipe()
    call = stub.duplex(iter(pipe), timeout=TIMEOUT)
    pipe.put(ping(31415, 27182))
    same(len(next(call).payload.body), 31415)
    call.cancel()
    same(failure(next, call).code(), grpc.StatusCode.CANCELLED)
    pipe.close()


def timeout_on_sleeping_server(stub):
    pipe = Pipe()
    pipe.put(ping(0, 27182))
    error = failure(stub.duplex, iter(pipe), timeout=0.001)
    pipe.close()
    same(error.code(), grpc.StatusCode.DEADLINE_EXCEEDED)


def client_compressed_unary(stub):
    yes, no = m.BoolValue(value=True), m.BoolValue(value=False)
    error = failure(stub.unary, large_request(expect_compressed=yes), timeout=TIMEOUT)
    same(error.code(), grpc.StatusCode.INVALID_ARGUMENT)
    stub.unary(large_request(expect_compressed=yes), compression=grpc.Compression.Gzip, timeout=TIMEOUT)
    stub.unary(large_request(expect_compressed=no), timeout=TIMEOUT)


def client_compressed_streaming(stub):
    part = m.StreamingInputCallRequest(payload=m.payload(27182), expect_compressed=m.BoolValue(value=True))
    same(failure(stub.input, iter((part,)), timeout=TIMEOUT).code(), grpc.StatusCode.INVALID_ARGUMENT)
    response = stub.input(iter((part, part)), compression=grpc.Compression.Gzip, timeout=TIMEOUT)
    same(response.aggregated_payload_size, 2 * 27182)


def server_compressed_unary(stub):
    for wanted in (True, False):
        request = large_request(response_compressed=m.BoolValue(value=wanted))
        response, call = stub.unary.with_call(request, timeout=TIMEOUT)
        same(len(response.payload.body), 314159)


def server_compressed_streaming(stub):
    request = m.StreamingOutputCallRequest(response_parameters=[
        m.ResponseParameters(size=31415, compressed=m.BoolValue(value=True)),
        m.ResponseParameters(size=92653, compressed=m.BoolValue(value=False))])
    same([len(r.payload.body) for r in stub.output(request, timeout=TIMEOUT)], [31415, 92653])


def main():
    port, certificate, *cases = sys.argv[1:]
    target = "localhost:" + port
    if certificate == "-":
        channel = grpc.insecure_channel(target)
    else:
        with open(certificate, "rb") as root:
            channel = grpc.secure_channel(target, grpc.ssl_channel_credentials(root.read()))
    with channel:
        stub = Stub(channel)
        for case in cases:
            try:
                globals()[case](stub)
                print("passed", case, flush=True)
            except Exception:
                print("failed", case, flush=True)
                traceback.print_exc()


if __name__ == "__main__":
    main()
