namespace StereoSpike.Ingest;

/// <summary>A signal as the logarithm of its power in bands over time.</summary>
/// <remarks>
/// Each frame loses its mean, is weighted by a periodic Hann window and transformed; P of a band is Σ 2·|X_k|² / (N·Σw²) over its frequencies k, the part of the signal's variance that lies there, in its unit squared.
/// The value is log10(1 + P): 0 for nothing, 2 for an oscillation of 14 units.
/// </remarks>
public sealed class BandPowerEncoder
{
    private readonly BandPowerSettings _settings;
    private readonly double[] _window, _cosine, _sine, _frame;
    private readonly int[] _band;
    private readonly double _scale;

    /// <summary>Prepares the encoder.</summary>
    /// <param name="settings">Windows and bands.</param>
    /// <param name="sampleRateHz">Of the signals, greater than 0.</param>
    /// <exception cref="ArgumentException">A band holds no frequency of the transform.</exception>
    public BandPowerEncoder(BandPowerSettings settings, double sampleRateHz)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _settings = settings;
        SampleRateHz = Guard.Above(sampleRateHz, 0.0);
        int n = settings.WindowSamples;
        _window = [.. Enumerable.Range(0, n).Select(i => 0.5 - (0.5 * Math.Cos(2 * Math.PI * i / n)))];
        (_cosine, _sine) = ([.. Enumerable.Range(0, n).Select(i => Math.Cos(2 * Math.PI * i / n))], [.. Enumerable.Range(0, n).Select(i => Math.Sin(2 * Math.PI * i / n))]);
        _frame = new double[n];
        _scale = 2.0 / (n * _window.Sum(w => w * w));
        _band = [.. Enumerable.Range(0, (n + 1) / 2).Select(k => settings.EdgesHz.Count(edge => edge <= k * sampleRateHz / n) - 1)];   // −1 below the lowest edge, Bands above the highest
        for (int band = 0; band < settings.Bands; band++)
        {
            if (!_band.Contains(band))
            {
                throw new ArgumentException($"The band from {settings.EdgesHz[band]} to {settings.EdgesHz[band + 1]} Hz holds no frequency of a window of {n} samples at {sampleRateHz} Hz. Take a longer window or wider bands.", nameof(settings));
            }
        }
    }

    /// <summary>Rate that signals must have, Hz.</summary>
    public double SampleRateHz { get; }

    /// <summary>Encodes a piece of a signal into one channel of an input.</summary>
    /// <param name="samples">At least <see cref="BandPowerSettings.Samples"/> of them.</param>
    /// <param name="result">Shape [frames, bands, channels].</param>
    /// <param name="channel">Which channel to fill.</param>
    /// <param name="channels">How many there are.</param>
    public void Encode(ReadOnlySpan<float> samples, Span<float> result, int channel, int channels)
    {
        samples = samples[..Guard.AtLeast(_settings.Samples, 1)];
        Guard.Length(result.Length, _settings.Frames * _settings.Bands * channels, nameof(result));
        Span<double> power = stackalloc double[_settings.Bands];
        for (int t = 0; t < _settings.Frames; t++)
        {
            Frame(samples.Slice(t * _settings.HopSamples, _settings.WindowSamples), power);
            for (int band = 0; band < power.Length; band++)
            {
                result[(((t * power.Length) + band) * channels) + channel] = (float)Math.Log10(1 + power[band]);
            }
        }
    }

    /// <summary>Power in each band of one frame.</summary>
    private void Frame(ReadOnlySpan<float> samples, Span<double> power)
    {
        double mean = 0;
        foreach (float sample in samples)
        {
            mean += sample / samples.Length;
        }

        for (int i = 0; i < samples.Length; i++)
        {
            _frame[i] = _window[i] * (samples[i] - mean);
        }

        power.Clear();
        for (int k = 1; k < _band.Length; k++)
        {
            if (_band[k] < 0 || _band[k] >= power.Length)
            {
                continue;
            }

            double real = 0, imaginary = 0;
            for (int i = 0, at = 0; i < _frame.Length; i++, at = at + k >= _frame.Length ? at + k - _frame.Length : at + k)
            {
                real += _frame[i] * _cosine[at];
                imaginary += _frame[i] * _sine[at];
            }

            power[_band[k]] += _scale * ((real * real) + (imaginary * imaginary));
        }
    }
}
