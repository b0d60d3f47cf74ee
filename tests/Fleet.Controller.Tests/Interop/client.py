"""A client on python3-grpcio: client.py CONTRACT TARGET CASE... Prints a line for each case."""

import hashlib
import sys
import traceback

import grpc

import contract

TIMEOUT = 20
REFLECTION = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"


def same(found, wanted):
    if found != wanted:
        raise AssertionError(f"found {found!r}, wanted {wanted!r}")


def failure(action, *args, **more):
    try:
        result = action(*args, **more)
        if hasattr(result, "__next__"):
            list(result)
    except grpc.RpcError as error:
        return error
    raise AssertionError("the call succeeded")


class Cases:
    def __init__(self, channel, messages):
        self.channel = channel
        self.m = messages

    def method(self, kind, path, response):
        make = getattr(self.channel, kind)
        return make("/fleet.v1." + path, lambda request: request.SerializeToString(), response.FromString)

    def revoke(self):
        return self.method("unary_unary", "Tokens/RevokeToken", self.m.Token)

    def watch(self):
        return self.method("unary_stream", "Jobs/WatchJob", self.m.JobEvent)

    def unary(self):
        status = self.method("unary_unary", "Control/GetStatus", self.m.ControllerStatus)
        same(status(self.m.GetStatusRequest(), timeout=TIMEOUT).log_level, "information")

    def large_answer(self):
        jobs = self.method("unary_unary", "Jobs/ListJobs", self.m.ListJobsReply)
        same(len(jobs(self.m.ListJobsRequest(), timeout=TIMEOUT).next_page_token), 1 << 20)

    def server_streaming_and_cancel(self):
        call = self.watch()(self.m.WatchJobRequest(), timeout=TIMEOUT)
        same(next(call), self.m.JobEvent())
        call.cancel()
        same(failure(next, call).code(), grpc.StatusCode.CANCELLED)

    def client_streaming(self):
        content = bytes(range(256)) * 500
        head = self.m.Artifact(version="1.2.3", size_bytes=len(content), sha256=hashlib.sha256(content).digest())
        parts = [self.m.PutArtifactRequest(head=head)]
        parts += [self.m.PutArtifactRequest(data=content[i:i + 50000]) for i in range(0, len(content), 50000)]
        put = self.method("stream_unary", "Artifacts/PutArtifact", self.m.Artifact)
        same(put(iter(parts), timeout=TIMEOUT).size_bytes, len(content))
        head.sha256 = bytes(32)
        wrong = failure(put, iter([self.m.PutArtifactRequest(head=head), self.m.PutArtifactRequest(data=bytes(3))]), timeout=TIMEOUT)
        same(wrong.code(), grpc.StatusCode.INVALID_ARGUMENT)

    def duplex(self):
        # Reflection, in bytes: list_services is field 7 of the request.
        info = self.channel.stream_stream(REFLECTION, lambda request: request, lambda response: response)
        answer = b"".join(info(iter((b"\x3a\x01*", b"\x3a\x01*")), timeout=TIMEOUT))
        for service in (b"fleet.v1.Jobs", b"fleet.v1.AgentLink", b"grpc.health.v1.Health"):
            same(answer.count(service), 2)

    def error_text(self):
        error = failure(self.revoke(), self.m.RevokeTokenRequest(id=contract.SPECIAL), timeout=TIMEOUT)
        if contract.SPECIAL not in error.details():
            raise AssertionError(error.details())

    def deadline(self):
        same(failure(self.watch(), self.m.WatchJobRequest(), timeout=0.3).code(), grpc.StatusCode.DEADLINE_EXCEEDED)

    def too_large(self):
        large = self.m.RevokeTokenRequest(id="x" * (5 << 20))
        same(failure(self.revoke(), large, timeout=TIMEOUT).code(), grpc.StatusCode.RESOURCE_EXHAUSTED)

    def gzip(self):
        error = failure(self.revoke(), self.m.RevokeTokenRequest(id="x" * 1000), timeout=TIMEOUT, compression=grpc.Compression.Gzip)
        if error.code() not in (grpc.StatusCode.NOT_FOUND, grpc.StatusCode.INVALID_ARGUMENT):
            raise AssertionError(error)

    def gzip_too_large(self):
        large = self.m.RevokeTokenRequest(id="x" * (50 << 20))
        error = failure(self.revoke(), large, timeout=TIMEOUT, compression=grpc.Compression.Gzip)
        same(error.code(), grpc.StatusCode.RESOURCE_EXHAUSTED)

    def unimplemented(self):
        for path in ("Jobs/NoSuchMethod", "NoSuchService/Method"):
            call = self.method("unary_unary", path, self.m.Token)
            same(failure(call, self.m.GetStatusRequest(), timeout=TIMEOUT).code(), grpc.StatusCode.UNIMPLEMENTED)

    def health(self):
        check = self.channel.unary_unary("/grpc.health.v1.Health/Check", lambda r: r, lambda r: r)
        same(check(b"", timeout=TIMEOUT), b"\x08\x01")
        # service = "x": one that there is not.
        same(failure(check, b"\x0a\x01x", timeout=TIMEOUT).code(), grpc.StatusCode.NOT_FOUND)


def main():
    path, target, *cases = sys.argv[1:]
    options = (("grpc.max_receive_message_length", -1), ("grpc.enable_http_proxy", 0), ("grpc.default_authority", "localhost"))
    with grpc.insecure_channel(target, options=options) as channel:
        client = Cases(channel, contract.load(path))
        for case in cases:
            try:
                getattr(client, case)()
                print("passed", case, flush=True)
            except Exception:
                print("failed", case, flush=True)
                traceback.print_exc()


if __name__ == "__main__":
    main()
