namespace StereoSpike.Model;

/// <summary>Channels whose rows are worked on at once.</summary>
/// <param name="First">The first channel.</param>
/// <param name="Rows">How many.</param>
internal readonly record struct RowBlock(int First, int Rows)
{
    /// <summary>Cuts channels into blocks.</summary>
    /// <param name="channels">How many there are.</param>
    /// <param name="sizes">The sizes that can be had, descending to 1.</param>
    public static RowBlock[] Cut(int channels, ReadOnlySpan<int> sizes)
    {
        var blocks = new List<RowBlock>();
        int first = 0;
        foreach (int size in sizes)
        {
            for (; first + size <= channels; first += size)
            {
                blocks.Add(new RowBlock(first, size));
            }
        }

        return [.. blocks];
    }
}
