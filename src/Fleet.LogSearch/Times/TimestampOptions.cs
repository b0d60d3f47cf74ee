namespace Fleet.LogSearch.Times;

/// <summary>The forms in which logs write times.</summary>
public enum TimestampForm
{
    /// <summary>Found out from the file's first lines.</summary>
    Detect,

    /// <summary><c>2026-11-20T08:00:00.123Z</c>, also with a space, a comma before the fraction, an offset, brackets or quotes before it.</summary>
    Iso8601,

    /// <summary><c>Nov 20 08:00:00</c> (RFC 3164), the year taken from the file's last change.</summary>
    Rfc3164,

    /// <summary><c>&lt;34&gt;1 2026-11-20T08:00:00Z</c> (RFC 5424).</summary>
    Rfc5424,

    /// <summary><c>[20/Nov/2026:08:00:00 +0000]</c> (access logs of nginx and Apache), anywhere near the line's start.</summary>
    AccessLog,

    /// <summary><c>[Fri Nov 20 08:00:00.123456 2026]</c> (Apache's error log, ctime).</summary>
    Ctime,

    /// <summary>Seconds, milli-, micro- or nanoseconds since 1970, by the number of digits, perhaps with a fraction.</summary>
    Epoch,

    /// <summary><c>I1120 08:00:00.123456</c> (klog: Kubernetes), the year taken from the file's last change.</summary>
    Klog,

    /// <summary>A field <c>time</c>, <c>ts</c>, <c>timestamp</c>, <c>@timestamp</c> or <c>t</c> of a JSON object, ISO 8601 or epoch.</summary>
    Json,

    /// <summary>As the custom format says.</summary>
    Custom,
}

/// <summary>How times are recognized in lines.</summary>
public sealed record TimestampOptions
{
    /// <summary>The form. The default is to find out.</summary>
    public TimestampForm Form { get; init; }

    /// <summary>For <see cref="TimestampForm.Custom"/>: a .NET date format that stands at the line's start, such as <c>dd.MM.yyyy HH:mm:ss</c>.</summary>
    public string? CustomFormat { get; init; }

    /// <summary>The zone of times without an offset. The default is the host's.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Local;
}
