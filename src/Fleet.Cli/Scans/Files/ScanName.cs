namespace Fleet.Cli.Scans.Files;

/// <summary>Names of scans, patterns and channels: a word for the command line.</summary>
internal static class ScanName
{
    private const int Longest = 64;

    public static void Check(YamlScalar name, string what, ScanFaults faults)
    {
        const string Rule = "names have 1 to 64 letters, digits, '-', '_' and '.', with a letter or digit first";
        var wrong = name.Text.AsSpan().IndexOfAnyExcept(s_letters);
        if (wrong < 0 && !char.IsAsciiLetterOrDigit(name.Text[0]))
            wrong = 0;
        if (wrong >= 0)
            faults.Add(name.PlaceOf(wrong), $"'{name.Text[wrong]}' is not allowed in {what}", Rule);
        else if (name.Text.Length > Longest)
            faults.Add(name.PlaceOf(Longest), $"{what} is too long", Rule);
    }

    private static readonly System.Buffers.SearchValues<char> s_letters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");
}
