namespace Fleet.Grpc.Tests.Hosting;

public enum Transport
{
    H2c,
    Tls,
}
