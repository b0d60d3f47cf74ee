using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Controller.Identity;
using Fleet.Protocol.Identity;

namespace Fleet.Controller.Tests.Identity;

public sealed class RequestedKeyTests
{
    [Fact]
    public void A_request_gives_its_key_and_nothing_else()
    {
        using var key = SigningRequest.NewKey();
        RequestedKey.TryRead(SigningRequest.Create(key, "anything"), out var requested, out _).ShouldBeTrue();
        requested!.Key.ExportSubjectPublicKeyInfo().ShouldBe(key.ExportSubjectPublicKeyInfo());
    }

    [Fact]
    public void Keys_of_other_kinds_are_refused()
    {
        using var longer = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);
        Error(new CertificateRequest("CN=x", longer, HashAlgorithmName.SHA256).CreateSigningRequest()).ShouldContain("ECDSA on P-256");
        Error(new CertificateRequest("CN=x", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSigningRequest()).ShouldContain("P-256");
    }

    [Fact]
    public void Whoever_does_not_hold_the_private_key_is_refused()
    {
        using var key = SigningRequest.NewKey();
        using var victim = SigningRequest.NewKey();
        var request = SigningRequest.Create(key, "x");
        // The victim's public key in a request that another key signed.
        var mine = key.ExportSubjectPublicKeyInfo();
        var at = request.AsSpan().IndexOf(mine);
        victim.ExportSubjectPublicKeyInfo().CopyTo(request.AsSpan(at));

        Error(request).ShouldContain("not signed with the key it names");
    }

    [Fact]
    public void Nothing_garbage_and_too_much_are_refused()
    {
        using var key = SigningRequest.NewKey();
        var request = SigningRequest.Create(key, "x");
        Error([]).ShouldContain("empty");
        Error(new byte[9000]).ShouldContain("9000 bytes");
        var random = new Random(1);
        for (var i = 0; i < 300; i++)
        {
            var damaged = request.ToArray();
            damaged[random.Next(damaged.Length)] ^= (byte)(1 + random.Next(255));
            var cut = damaged[..random.Next(1, damaged.Length)];
            Error(cut).ShouldNotBeEmpty();
        }
    }

    private static string Error(byte[] csr)
    {
        RequestedKey.TryRead(csr, out _, out var error).ShouldBeFalse();
        return error!;
    }
}
