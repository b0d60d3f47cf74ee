using Fleet.Controller.Identity;
using Fleet.Controller.Tests.Hosting;
using Fleet.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Controller.Tests.Identity;

public sealed class ServerCertificateTests
{
    [Fact]
    public async Task The_controllers_certificate_is_renewed_at_two_thirds_of_its_life_and_shared_until_then()
    {
        var time = new ManualTime(TimeProvider.System.GetUtcNow());
        using var authority = Some.Authority(time);
        using var certificate = new ServerCertificate(authority, new CertificateOptions(), time, NullLogger<ServerCertificate>.Instance);
        await certificate.StartAsync(CancellationToken.None).WaitAsync(TimeLimit.Default);
        var first = certificate.Current;

        // The timer's waiter runs on another thread: each tick is given time to be seen.
        time.Advance(TimeSpan.FromDays(59));
        certificate.Current.ShouldBeSameAs(first);
        var began = TimeProvider.System.GetTimestamp();
        while (ReferenceEquals(certificate.Current, first) && TimeProvider.System.GetElapsedTime(began) < TimeLimit.Default)
        {
            time.Advance(TimeSpan.FromDays(1));
            await Task.Delay(5);
        }

        certificate.Current.ShouldNotBeSameAs(first);
        certificate.Current.TargetCertificate.SerialNumber.ShouldNotBe(first.TargetCertificate.SerialNumber);
        await certificate.StopAsync(CancellationToken.None).WaitAsync(TimeLimit.Default);
    }
}
