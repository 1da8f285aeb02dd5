namespace StereoSpike.Ingest;

/// <summary>Sound as log-mel power with its first and second derivative: three channels over time and frequency.</summary>
/// <remarks>
/// log(1 + G·S/max S) of a clip, then Δ and ΔΔ, then each band of each divided by its deviation over time. The clip is cut or padded to its length around its middle; its loudness does not matter, because S is divided by its maximum.
/// Source: T. Pellegrini, R. Zimmer, T. Masquelier, SLT 2021 (arXiv:2011.06846).
/// </remarks>
public sealed class LogMelEncoder
{
    /// <summary>Static, Δ, ΔΔ.</summary>
    public const int Channels = 3;

    private readonly MelSpectrogram _spectrogram;
    private readonly float[] _power, _delta;

    /// <summary>Prepares the encoder.</summary>
    /// <exception cref="ArgumentException">The bands do not fit the rate or the window.</exception>
    public LogMelEncoder(LogMelSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Settings = settings;
        _spectrogram = new MelSpectrogram(settings);
        _power = new float[settings.Frames * settings.Bands];
        _delta = new float[_power.Length];
    }

    /// <summary>How sound is encoded.</summary>
    public LogMelSettings Settings { get; }

    /// <summary>Values of a clip: frames·bands·3.</summary>
    public int Values => _power.Length * Channels;

    /// <summary>Encodes a clip.</summary>
    /// <param name="clip">Of the settings' sampling rate.</param>
    /// <param name="result">Receives shape [frames, bands, 3].</param>
    /// <exception cref="InvalidDataException">The clip has another sampling rate, or no sample.</exception>
    public void Encode(AudioClip clip, Span<float> result)
    {
        ArgumentNullException.ThrowIfNull(clip);
        if (clip.SampleRateHz != Settings.SampleRateHz || clip.Samples.Length == 0)
        {
            throw new InvalidDataException($"The sound has {clip.Samples.Length} samples at {clip.SampleRateHz} Hz where {Settings.SampleRateHz} Hz are needed. Convert it: ffmpeg -i IN -ar {Settings.SampleRateHz} OUT.wav");
        }

        int first = (clip.Samples.Length - Settings.ClipSamples) / 2;
        for (int t = 0; t < Settings.Frames; t++)
        {
            _spectrogram.Frame(clip.Samples, first + (t * Settings.HopSamples), _power.AsSpan(t * Settings.Bands, Settings.Bands));
        }

        FromPower(_power, result);
    }

    /// <summary>Encodes mel power.</summary>
    /// <param name="power">Shape [frames, bands]; used up.</param>
    /// <param name="result">Receives shape [frames, bands, 3].</param>
    public void FromPower(Span<float> power, Span<float> result)
    {
        Guard.Length(power.Length, _power.Length, nameof(power));
        Guard.Length(result.Length, Values, nameof(result));
        float loudest = 0f;
        foreach (float value in power)
        {
            loudest = MathF.Max(loudest, value);
        }

        float scale = loudest > 0f ? (float)Settings.LogGain / loudest : 0f;
        foreach (ref float value in power)
        {
            value = MathF.Log(1f + (value * scale));
        }

        Interleave(power, result, 0);
        Deltas.First(power, Settings.Bands, _delta);
        Interleave(_delta, result, 1);
        Deltas.Second(power, Settings.Bands, _delta);
        Interleave(_delta, result, 2);
        if (Settings.ScaleToDeviation)
        {
            ScaleToDeviation(result, Settings.Bands * Channels);
        }
    }

    private static void ScaleToDeviation(Span<float> values, int width)
    {
        const double Smallest = 1e-6;   // what is below is the rounding of a constant
        int steps = values.Length / width;
        for (int column = 0; column < width; column++)
        {
            double sum = 0, squares = 0;
            for (int at = column; at < values.Length; at += width)
            {
                sum += values[at];
                squares += (double)values[at] * values[at];
            }

            double deviation = Math.Sqrt(Math.Max((squares / steps) - (sum / steps * (sum / steps)), 0.0));
            float scale = deviation > Smallest ? (float)(1.0 / deviation) : 0f;
            for (int at = column; at < values.Length; at += width)
            {
                values[at] *= scale;
            }
        }
    }

    private static void Interleave(ReadOnlySpan<float> values, Span<float> result, int channel)
    {
        for (int i = 0; i < values.Length; i++)
        {
            result[(i * Channels) + channel] = values[i];
        }
    }
}
