"""The interop tests' server on python3-grpcio. Prints its port, and serves until its standard input ends."""

import sys
import time
from concurrent import futures

import grpc

import interop_messages as m


def echo_metadata(context):
    received = dict(context.invocation_metadata())
    if m.ECHO_INITIAL in received:
        context.send_initial_metadata(((m.ECHO_INITIAL, received[m.ECHO_INITIAL]),))
    if m.ECHO_TRAILING in received:
        context.set_trailing_metadata(((m.ECHO_TRAILING, received[m.ECHO_TRAILING]),))


def check_status(request, context):
    if request.HasField("response_status") and request.response_status.code != 0:
        code = next(code for code in grpc.StatusCode if code.value[0] == request.response_status.code)
        context.abort(code, request.response_status.message)


def compression_of(wanted):
    return grpc.Compression.Gzip if wanted.value else grpc.Compression.NoCompression


def empty_call(request, context):
    return m.Empty()


def unary_call(request, context):
    if request.HasField("response_compressed"):
        context.set_compression(compression_of(request.response_compressed))
    echo_metadata(context)
    check_status(request, context)
    return m.SimpleResponse(payload=m.payload(request.response_size))


def streaming_input_call(requests, context):
    echo_metadata(context)
    return m.StreamingInputCallResponse(aggregated_payload_size=sum(len(r.payload.body) for r in requests))


def respond(request, context):
    check_status(request, context)
    for parameters in request.response_parameters:
        if parameters.interval_us:
            time.sleep(parameters.interval_us / 1e6)
        if parameters.HasField("compressed") and not parameters.compressed.value:
            context.disable_next_message_compression()
        yield m.StreamingOutputCallResponse(payload=m.payload(parameters.size))


def streaming_output_call(request, context):
    if any(p.compressed.value for p in request.response_parameters):
        context.set_compression(grpc.Compression.Gzip)
    echo_metadata(context)
    yield from respond(request, context)


def full_duplex_call(requests, context):
    echo_metadata(context)
    for request in requests:
        yield from respond(request, context)


def handlers():
    def handler(make, function, request):
        return make(function, request.FromString, lambda response: response.SerializeToString())

    return {
        "EmptyCall": handler(grpc.unary_unary_rpc_method_handler, empty_call, m.Empty),
        "UnaryCall": handler(grpc.unary_unary_rpc_method_handler, unary_call, m.SimpleRequest),
        "StreamingInputCall": handler(
            grpc.stream_unary_rpc_method_handler, streaming_input_call, m.StreamingInputCallRequest),
        "StreamingOutputCall": handler(
            grpc.unary_stream_rpc_method_handler, streaming_output_call, m.StreamingOutputCallRequest),
        "FullDuplexCall": handler(
            grpc.stream_stream_rpc_method_handler, full_duplex_call, m.StreamingOutputCallRequest),
    }


def main():
    certificate = sys.argv[1:]
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=16))
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("grpc.testing.TestService", handlers()),))
    if certificate:
        with open(certificate[0], "rb") as chain, open(certificate[1], "rb") as key:
            credentials = grpc.ssl_server_credentials(((key.read(), chain.read()),))
        port = server.add_secure_port("127.0.0.1:0", credentials)
    else:
        port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    sys.stdin.read()
    server.stop(None)


if __name__ == "__main__":
    main()
