namespace Fleet.LogSearch.Matching;

/// <summary>A guess at how rare a byte is in log text, by which the least misleading bytes of a literal are chosen to look for.</summary>
internal static class ByteRarity
{
    // From the most to the least frequent, counted over syslog, nginx, JSON and kubelet logs; what is missing is rarest.
    private const string CommonFirst =
        " 0e12ti3a5n4o7s6r8d9c-:l.u=mp\"/f[],_hgbTvk;w)(xy\n{}+SCAIEMDNRPzOLFUqj'BGWVHJ<>%&@#K?*XQYZ$|\t!\\~^`";

    private static readonly byte[] s_rank = Build();

    /// <summary>0 for the most frequent byte, 255 for those hardly seen.</summary>
    public static int Of(byte value) => s_rank[value];

    private static byte[] Build()
    {
        var rank = new byte[256];
        Array.Fill(rank, (byte)255);
        for (int i = 0; i < CommonFirst.Length; i++)
        {
            rank[CommonFirst[i]] = (byte)(i * 2);
        }

        return rank;
    }
}
