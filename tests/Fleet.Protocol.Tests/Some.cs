using FsCheck;
using FsCheck.Fluent;

namespace Fleet.Protocol.Tests;

/// <summary>Generators of names and of hostile text.</summary>
internal static class Some
{
    /// <summary>Names as hosts have them: few words and small numbers, so that sets have something to fold.</summary>
    public static Gen<string> PlainNames() =>
        from word in Gen.Elements("web", "db", "rack", "n-", "ip-10-", "a.b", "")
        from number in Gen.Choose(0, 30)
        from width in Gen.Choose(1, 3)
        from tail in Gen.Elements("", "", "-n", ".example.com", "-n1", "-n2", "-n03", ".7.8.9.10.11.12.13")
        select word + number.ToString().PadLeft(width, '0') + tail;

    /// <summary>Plain names and any other text of 1 to 255 characters.</summary>
    public static Gen<string> Names() => Gen.Frequency(
        (4, PlainNames()),
        (1, Gen.Elements("and", "not", "online", "a b", "[", "]", "x[1]", "\"", "\\", "'", "\\u0041", "*", "\0", "1e9", "00", "0", "99999999999999999999")),
        (1, ArbMap.Default.GeneratorFor<NonEmptyString>().Select(s => s.Get.Length > 255 ? s.Get[..255] : s.Get)));

    public static Gen<string[]> NameSets() => Names().ArrayOf().Select(names => names.Distinct().ToArray());

    /// <summary>Text from the characters and scraps of a valid one, and wholly random text.</summary>
    public static Gen<string> Garbage(string scraps) => Gen.Frequency(
        (3, Gen.Choose(0, scraps.Length - 1).SelectMany(i => Gen.Choose(1, 4).Select(n => scraps.Substring(i, Math.Min(n, scraps.Length - i)))).ListOf().Select(string.Concat)),
        (1, ArbMap.Default.GeneratorFor<string>().Select(s => s ?? "")));

    /// <summary>Two of the same kind.</summary>
    public static Gen<(T First, T Second)> Two<T>(this Gen<T> gen) => gen.SelectMany(a => gen.Select(b => (a, b)));

    /// <summary>Three of the same kind.</summary>
    public static Gen<(T First, T Second, T Third)> Three<T>(this Gen<T> gen) =>
        gen.Two().SelectMany(ab => gen.Select(c => (ab.First, ab.Second, c)));
}
