using System.Numerics;

namespace StereoSpike.Ingest;

/// <summary>Power in mel bands, frame by frame, as librosa's <c>feature.melspectrogram</c> defines it.</summary>
/// <remarks>
/// Frame t holds the samples around t·hop (centred, silence outside), under a periodic Hann window; S[t,f] = Σ_k w[f,k]·|X[t,k]|². Band f is a triangle between neighbours that are spaced evenly
/// in mel, of area 1 in Hz (Slaney's norm): w[f,k] = max(0, min(rise, fall))·2/(h_{f+2} − h_f).
/// The transform is a product with cosines and sines: windows are short, any length is allowed, and one row is one sum in vectors.
/// </remarks>
public sealed class MelSpectrogram
{
    private readonly LogMelSettings _settings;
    private readonly float[] _cosine, _sine, _filters, _frame;
    private readonly int _bins;

    /// <summary>Prepares windows and filters.</summary>
    /// <exception cref="ArgumentException">The bands reach beyond half of the sampling rate, or one is too narrow to hold a frequency of the transform.</exception>
    public MelSpectrogram(LogMelSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.HighestHz > settings.SampleRateHz / 2.0 || settings.LowestHz >= settings.HighestHz)
        {
            throw new ArgumentException($"Bands from {settings.LowestHz} to {settings.HighestHz} Hz do not fit below half of {settings.SampleRateHz} Hz.", nameof(settings));
        }

        _settings = settings;
        int n = settings.WindowSamples;
        _bins = (n / 2) + 1;
        (_cosine, _sine, _frame) = (new float[_bins * n], new float[_bins * n], new float[n]);
        for (int k = 0; k < _bins; k++)
        {
            for (int i = 0; i < n; i++)
            {
                double window = 0.5 - (0.5 * Math.Cos(2.0 * Math.PI * i / n)), angle = 2.0 * Math.PI * ((long)i * k % n) / n;
                (_cosine[(k * n) + i], _sine[(k * n) + i]) = ((float)(window * Math.Cos(angle)), (float)(window * Math.Sin(angle)));
            }
        }

        _filters = Filters(settings, _bins);
    }

    /// <summary>Weights of the mel bands, shape [bands, window/2 + 1].</summary>
    public ReadOnlySpan<float> BandWeights => _filters;

    /// <summary>Power of one frame.</summary>
    /// <param name="samples">The sound; what lies outside is silence.</param>
    /// <param name="centre">The sample in the frame's middle.</param>
    /// <param name="power">Receives a power a band, shape [bands].</param>
    public void Frame(ReadOnlySpan<float> samples, int centre, Span<float> power)
    {
        int n = _settings.WindowSamples, start = centre - (n / 2);
        for (int i = 0; i < n; i++)
        {
            _frame[i] = (uint)(start + i) < (uint)samples.Length ? samples[start + i] : 0f;
        }

        power.Clear();
        if (_frame.AsSpan().IndexOfAnyExcept(0f) < 0)
        {
            return;
        }

        for (int k = 0; k < _bins; k++)
        {
            float real = Dot(_cosine.AsSpan(k * n, n), _frame), imaginary = Dot(_sine.AsSpan(k * n, n), _frame), square = (real * real) + (imaginary * imaginary);
            for (int band = 0; band < power.Length; band++)
            {
                power[band] += _filters[(band * _bins) + k] * square;
            }
        }
    }

    private static float[] Filters(LogMelSettings settings, int bins)
    {
        double low = MelScale.FromHz(settings.LowestHz), high = MelScale.FromHz(settings.HighestHz);
        double[] corners = [.. Enumerable.Range(0, settings.Bands + 2).Select(i => MelScale.ToHz(low + ((high - low) * i / (settings.Bands + 1))))];
        var filters = new float[settings.Bands * bins];
        for (int band = 0; band < settings.Bands; band++)
        {
            (double left, double middle, double right) = (corners[band], corners[band + 1], corners[band + 2]);
            for (int k = 0; k < bins; k++)
            {
                double hz = (double)k * settings.SampleRateHz / settings.WindowSamples;
                filters[(band * bins) + k] = (float)(Math.Max(0.0, Math.Min((hz - left) / (middle - left), (right - hz) / (right - middle))) * 2.0 / (right - left));
            }

            if (filters.AsSpan(band * bins, bins).IndexOfAnyExcept(0f) < 0)
            {
                throw new ArgumentException($"Band {band} ({left:F0} to {right:F0} Hz) holds no frequency of a window of {settings.WindowSamples} samples. Take fewer bands or a longer window.", nameof(settings));
            }
        }

        return filters;
    }

    private static float Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        Vector<float> sum = Vector<float>.Zero;
        int i = 0;
        for (; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            sum = Vector.FusedMultiplyAdd(new Vector<float>(x[i..]), new Vector<float>(y[i..]), sum);
        }

        float total = Vector.Sum(sum);
        for (; i < x.Length; i++)
        {
            total += x[i] * y[i];
        }

        return total;
    }
}
