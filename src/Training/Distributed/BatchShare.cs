namespace StereoSpike.Training;

/// <summary>Which samples of a batch a rank takes.</summary>
/// <param name="First">Place of its first in the batch.</param>
/// <param name="Count">How many; at least 1, since a rank without any of its own takes one along (<paramref name="IsSpare"/>).</param>
/// <param name="IsSpare">Whether the batch has no sample for this rank, and the one it takes must count 0: so it goes through the same exchanges as the others.</param>
internal readonly record struct BatchShare(int First, int Count, bool IsSpare)
{
    /// <summary>Shares a batch out: neighbouring samples, as evenly as can be.</summary>
    /// <param name="samples">In the whole batch, at least 1.</param>
    /// <param name="rank">Whose share.</param>
    /// <param name="ranks">How many there are.</param>
    public static BatchShare Of(int samples, int rank, int ranks)
    {
        int first = (int)((long)samples * rank / ranks), end = (int)((long)samples * (rank + 1) / ranks);
        return end > first ? new BatchShare(first, end - first, false) : new BatchShare(Math.Min(first, samples - 1), 1, true);
    }
}
