"""A server on python3-grpcio: server.py CONTRACT CERTIFICATE KEY. Prints its port, and serves until its standard input ends."""

import sys
import time
from concurrent import futures

import grpc

import contract


def main():
    path, certificate, key = sys.argv[1:]
    m = contract.load(path)

    def trust(request, context):
        return m.Trust(fleet_root=bytes(300000))

    def watch(request, context):
        if request.job_id == "refused":
            context.set_trailing_metadata((("fleet-refusal", "unknown"),))
            context.abort(grpc.StatusCode.UNAUTHENTICATED, contract.SPECIAL)
        for seq in range(1, 101):
            yield m.JobEvent(seq=seq)
        while request.job_id == "silent" and context.is_active():
            time.sleep(0.05)

    def put(requests, context):
        size = sum(len(request.data) for request in requests)
        return m.Artifact(size_bytes=size)

    def link(requests, context):
        hello = next(requests).hello
        yield m.ControllerMessage(welcome=m.Welcome(session_id=hello.agent_version))
        for request in requests:
            yield m.ControllerMessage(heartbeat=m.Heartbeat(number=request.heartbeat.number))

    def handlers(service, **methods):
        return grpc.method_handlers_generic_handler("fleet.v1." + service, {
            name: make(function, request.FromString, lambda response: response.SerializeToString())
            for name, (make, function, request) in methods.items()})

    server = grpc.server(futures.ThreadPoolExecutor(max_workers=16))
    server.add_generic_rpc_handlers((
        handlers("Enrollment", GetTrust=(grpc.unary_unary_rpc_method_handler, trust, m.GetTrustRequest)),
        handlers("Jobs", WatchJob=(grpc.unary_stream_rpc_method_handler, watch, m.WatchJobRequest)),
        handlers("Artifacts", PutArtifact=(grpc.stream_unary_rpc_method_handler, put, m.PutArtifactRequest)),
        handlers("AgentLink", Connect=(grpc.stream_stream_rpc_method_handler, link, m.AgentMessage)),
    ))
    with open(certificate, "rb") as chain, open(key, "rb") as private:
        credentials = grpc.ssl_server_credentials(((private.read(), chain.read()),))
    port = server.add_secure_port("127.0.0.1:0", credentials)
    server.start()
    print(port, flush=True)
    sys.stdin.read()
    server.stop(None)


if __name__ == "__main__":
    main()
