namespace StereoSpike.Ingest;

/// <summary>What a decoder carries from one record to the next, as numbers: its clock's two, and up to four of its own.</summary>
internal readonly record struct DecoderState(long Wraps, long Last, long A = 0, long B = 0, long C = 0, long D = 0)
{
    /// <summary>How many numbers it is.</summary>
    public const int Words = 6;

    /// <summary>Makes it from its numbers.</summary>
    public static DecoderState From(ReadOnlySpan<long> words) => new(words[0], words[1], words[2], words[3], words[4], words[5]);

    /// <summary>Adds its numbers to a list.</summary>
    public void AddTo(List<long> words) => words.AddRange([Wraps, Last, A, B, C, D]);
}
