namespace StereoSpike.Ingest;

/// <summary>Unpacks LZF, the compression that h5py offers beside gzip.</summary>
/// <remarks>
/// A stream of runs. A control byte c below 32 is followed by c + 1 literal bytes; any other means a copy from the output: length
/// (c &gt;&gt; 5) + 2, or 9 + the next byte if c &gt;&gt; 5 is 7; distance ((c &amp; 31) &lt;&lt; 8) + the next byte + 1.
/// Source: Marc Lehmann's LibLZF, file format of lzf_decompress.
/// </remarks>
internal static class Lzf
{
    private const int FirstCopy = 32, LongCopy = 7;

    /// <summary>Unpacks a block.</summary>
    /// <param name="packed">The block.</param>
    /// <param name="unpacked">Receives the bytes; its length is the block's own.</param>
    /// <exception cref="InvalidDataException">The block is damaged, or unpacks to another length.</exception>
    public static void Decode(ReadOnlySpan<byte> packed, Span<byte> unpacked)
    {
        int from = 0, to = 0;
        while (from < packed.Length)
        {
            int control = packed[from++];
            if (control < FirstCopy)
            {
                int literals = control + 1;
                if (from + literals > packed.Length || to + literals > unpacked.Length)
                {
                    throw Damaged(from);
                }

                packed.Slice(from, literals).CopyTo(unpacked[to..]);
                from += literals;
                to += literals;
                continue;
            }

            int length = (control >> 5) + 2;
            if (control >> 5 == LongCopy)
            {
                length += from < packed.Length ? packed[from++] : throw Damaged(from);
            }

            int distance = ((control & (FirstCopy - 1)) << 8) + (from < packed.Length ? packed[from++] : throw Damaged(from)) + 1;
            if (distance > to || to + length > unpacked.Length)
            {
                throw Damaged(from);
            }

            for (int end = to + length; to < end; to++)   // byte by byte: the copy may read what it has just written
            {
                unpacked[to] = unpacked[to - distance];
            }
        }

        if (to != unpacked.Length)
        {
            throw Damaged(from);
        }
    }

    private static InvalidDataException Damaged(int at) => new($"an LZF block is damaged at its byte {at}");
}
