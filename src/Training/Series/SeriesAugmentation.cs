namespace StereoSpike.Training;

/// <summary>How a sequence is varied while learning: moved in time and in frequency, played faster or slower, louder or softer, and with parts blanked.</summary>
public sealed record SeriesAugmentation
{
    /// <summary>Moved by up to so many steps, either way.</summary>
    public int ShiftSteps { get; init => field = Guard.AtLeast(value, 0); }

    /// <summary>Moved by up to so many bands, either way: another voice.</summary>
    public int ShiftBands { get; init => field = Guard.AtLeast(value, 0); }

    /// <summary>Played up to this share faster or slower, 0 to 0.5.</summary>
    public float Stretch { get; init => field = Guard.Within(value, 0f, 0.5f); }

    /// <summary>Bands stretched around the middle by up to this share: another length of the vocal tract.</summary>
    public float StretchBands { get; init => field = Guard.Within(value, 0f, 0.5f); }

    /// <summary>Scaled by up to this share, either way.</summary>
    public float Scale { get; init => field = Guard.Within(value, 0f, 0.9f); }

    /// <summary>Up to so many neighbouring bands are blanked.</summary>
    public int BlankBands { get; init => field = Guard.AtLeast(value, 0); }

    /// <summary>Up to so many neighbouring steps are blanked.</summary>
    public int BlankSteps { get; init => field = Guard.AtLeast(value, 0); }

    /// <summary>Whether anything is varied at all.</summary>
    public bool Active => this != new SeriesAugmentation();

    /// <summary>A varied copy.</summary>
    /// <param name="input">Shape [T,F,channels].</param>
    /// <param name="bands">F.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="random">Draws how.</param>
    /// <param name="result">Receives the copy.</param>
    public void Apply(ReadOnlySpan<float> input, int bands, int channels, Random random, Span<float> result)
    {
        ArgumentNullException.ThrowIfNull(random);
        int steps = input.Length / (bands * channels);
        float stretch = 1f + Draw(random, Stretch), stretchBands = 1f + Draw(random, StretchBands), scale = 1f + Draw(random, Scale);
        int shift = random.Next(-ShiftSteps, ShiftSteps + 1), shiftBands = random.Next(-ShiftBands, ShiftBands + 1);
        (int firstStep, int lastStep) = Blank(random, BlankSteps, steps);
        (int firstBand, int lastBand) = Blank(random, BlankBands, bands);
        for (int t = 0; t < steps; t++)
        {
            int source = (int)MathF.Round((stretch * (t - (steps / 2f))) + (steps / 2f)) + shift;
            for (int f = 0; f < bands; f++)
            {
                int band = (int)MathF.Round((stretchBands * (f - (bands / 2f))) + (bands / 2f)) + shiftBands;
                Span<float> to = result.Slice(((t * bands) + f) * channels, channels);
                bool blank = (t >= firstStep && t < lastStep) || (f >= firstBand && f < lastBand);
                if (blank || (uint)source >= (uint)steps || (uint)band >= (uint)bands)
                {
                    to.Clear();
                    continue;
                }

                ReadOnlySpan<float> from = input.Slice(((source * bands) + band) * channels, channels);
                for (int c = 0; c < channels; c++)
                {
                    to[c] = scale * from[c];
                }
            }
        }
    }

    private static float Draw(Random random, float share) => share * ((2f * random.NextSingle()) - 1f);

    private static (int First, int Last) Blank(Random random, int most, int length)
    {
        int width = random.Next(most + 1), first = random.Next(Math.Max(1, length - width + 1));
        return (first, first + width);
    }
}
