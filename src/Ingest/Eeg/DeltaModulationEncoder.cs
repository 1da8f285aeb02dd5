namespace StereoSpike.Ingest;

/// <summary>A signal as events of change, the way an event camera's pixel sees brightness.</summary>
/// <remarks>
/// For each threshold θ a level follows the signal: while the signal is θ or more above it, the level rises by θ and the step counts an event upwards; likewise down. The level starts at the first sample, so that after
/// any number of events it is within θ of the signal: level = first + θ·(ups − downs).
/// </remarks>
/// <param name="settings">Thresholds and steps.</param>
public sealed class DeltaModulationEncoder(DeltaModulationSettings settings)
{
    /// <summary>More events than this in a step are not counted one by one: a jump that large is an artefact.</summary>
    public const int MostEventsAStep = 1000;

    /// <summary>Encodes a piece of a signal.</summary>
    /// <param name="samples">At least <see cref="DeltaModulationSettings.Samples"/> of them, finite.</param>
    /// <param name="result">Receives counts of events, shape [steps, 2·thresholds]: up and down of the first threshold, of the second …</param>
    public void Encode(ReadOnlySpan<float> samples, Span<float> result)
    {
        samples = samples[..settings.Samples];
        Guard.Length(result.Length, settings.Steps * settings.Channels, nameof(result));
        result.Clear();
        for (int j = 0; j < settings.Thresholds.Count; j++)
        {
            double threshold = settings.Thresholds[j], level = samples[0];
            for (int i = 0; i < samples.Length; i++)
            {
                int step = i / settings.StepSamples;
                double crossed = Math.Truncate((samples[i] - level) / threshold);
                level += threshold * crossed;
                ref float count = ref result[(step * settings.Channels) + (2 * j) + (crossed < 0 ? 1 : 0)];
                count = (float)Math.Min(count + Math.Abs(crossed), MostEventsAStep);
            }
        }
    }
}
