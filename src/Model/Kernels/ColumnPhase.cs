namespace StereoSpike.Model;

/// <summary>Every s-th column of a padded or resized image, s being the stride: what one kernel column meets as the output moves on by one.</summary>
/// <param name="Length">Number of columns.</param>
/// <param name="First">The first that is no padding; those that are none stand together.</param>
/// <param name="Sources">The source columns of those, ascending.</param>
internal sealed unsafe record ColumnPhase(int Length, int First, int[] Sources)
{
    /// <summary>Whether the source columns are neighbours, so that they can be copied at once.</summary>
    private readonly bool _neighbours = Sources.Length > 0 && Sources[^1] - Sources[0] == Sources.Length - 1 && Sources.Distinct().Count() == Sources.Length;

    /// <summary>Takes every s-th column.</summary>
    /// <param name="sources">The source of each column; negative for padding.</param>
    /// <param name="phase">The first column.</param>
    /// <param name="stride">s.</param>
    public static ColumnPhase Of(int[] sources, int phase, int stride)
    {
        int[] taken = [.. sources.Skip(phase).Where((_, i) => i % stride == 0)];
        return new ColumnPhase(taken.Length, taken.TakeWhile(source => source < 0).Count(), [.. taken.Where(source => source >= 0)]);
    }

    /// <summary>Writes the columns; padding is left as it is.</summary>
    /// <param name="source">A source row.</param>
    /// <param name="target">Where the first column belongs.</param>
    public void Spread(float* source, float* target)
    {
        target += First;
        if (_neighbours)
        {
            new ReadOnlySpan<float>(source + Sources[0], Sources.Length).CopyTo(new Span<float>(target, Sources.Length));
            return;
        }

        fixed (int* sources = Sources)
        {
            for (int i = 0; i < Sources.Length; i++)
            {
                target[i] = source[sources[i]];
            }
        }
    }

    /// <summary>The reverse: adds each column to the one that it was taken from.</summary>
    /// <param name="spread">The columns, from the first.</param>
    /// <param name="source">A source row; added to.</param>
    public void Gather(float* spread, float* source)
    {
        spread += First;
        if (_neighbours)
        {
            new ReadOnlySpan<float>(spread, Sources.Length).CopyTo(new Span<float>(source + Sources[0], Sources.Length));   // each source once: nothing to add to
            return;
        }

        fixed (int* sources = Sources)
        {
            for (int i = 0; i < Sources.Length; i++)
            {
                source[sources[i]] += spread[i];
            }
        }
    }
}
