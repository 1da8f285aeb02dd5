namespace StereoSpike.Ingest.Tests.Audio;

public class LogMelTests
{
    private static readonly LogMelSettings Small = new() { SampleRateHz = 8000, WindowSamples = 256, HopSamples = 100, Bands = 8, Frames = 11, ScaleToDeviation = false };

    [Theory]
    [InlineData(60, 0.9)]       // librosa's own documented examples: hz_to_mel(60), hz_to_mel([110, 220, 440])
    [InlineData(110, 1.65)]
    [InlineData(220, 3.3)]
    [InlineData(440, 6.6)]
    [InlineData(6400, 42)]      // 15 + 27·ln(6.4)/ln(6.4)
    public void The_mel_scale_is_slaneys(double hz, double mel)
    {
        Assert.Equal(mel, MelScale.FromHz(hz), 1e-9);
        Assert.Equal(hz, MelScale.ToHz(mel), 1e-6);
    }

    [Fact]
    public void Mel_power_is_what_numpys_own_transform_gives()
    {
        // numpy.fft in float64, the formulas of librosa's filters.mel (htk=False, norm="slaney") and melspectrogram (centred, zeros outside, power 2), for
        // x = 0.5·sin(2π·440·t) + 0.25·sin(2π·1500·t + 1), 1000 samples at 8 kHz: frames 0 and 4.
        double[][] expected =
        [
            [1.18495930e+00, 1.71437120e+00, 1.37324442e-02, 4.57592902e-03, 3.50641726e-01, 1.14961859e-01, 1.12509089e-03, 1.49234162e-04],
            [2.22248315e+00, 3.72523809e+00, 1.68403278e-06, 7.22186413e-09, 7.35094119e-01, 2.28782710e-01, 7.42311210e-12, 9.14904252e-13],
        ];
        float[] samples = [.. Enumerable.Range(0, 1000).Select(i => (float)((0.5 * Math.Sin(2 * Math.PI * 440 * i / 8000)) + (0.25 * Math.Sin((2 * Math.PI * 1500 * i / 8000) + 1))))];
        var spectrogram = new MelSpectrogram(Small);
        var power = new float[8];
        foreach ((int frame, double[] row) in new[] { 0, 4 }.Zip(expected))
        {
            spectrogram.Frame(samples, frame * 100, power);

            Assert.All(row.Zip(power), pair => Assert.Equal(pair.First, pair.Second, 1e-5 * Math.Max(pair.First, 0.1)));   // float32 sums of 256 terms
        }
    }

    [Fact]
    public void Every_band_has_area_one()
    {
        // Slaney's norm: a triangle of height 2/width. Bins are 31.25 Hz apart, so the sum is the area up to the corners' rounding.
        var spectrogram = new MelSpectrogram(Small);
        for (int band = 0; band < 8; band++)
        {
            double sum = 0;
            foreach (float weight in spectrogram.BandWeights.Slice(band * 129, 129))
            {
                sum += weight * 31.25;
            }

            Assert.Equal(1, sum, 2e-3);
        }
    }

    [Fact]
    public void A_straight_line_has_its_slope_for_a_first_derivative_and_a_parabola_twice_its_coefficient_for_a_second()
    {
        float[] values = [.. Enumerable.Range(0, 24).Select(i => i % 2 == 0 ? 3f * (i / 2) : 0.5f * (i / 2) * (i / 2))];   // two bands over twelve frames
        float[] first = new float[24], second = new float[24];

        Deltas.First(values, 2, first);
        Deltas.Second(values, 2, second);

        for (int t = 0; t < 12; t++)
        {
            Assert.Equal(3f, first[2 * t], 1e-5f);
            Assert.Equal(0f, second[2 * t], 1e-4f);
            Assert.Equal(1f, second[(2 * t) + 1], 1e-4f);
            Assert.Equal(Math.Clamp(t, 4, 7), first[(2 * t) + 1], 1e-4f);   // the parabola's slope at t, and at the ends that of the nearest whole window
        }
    }

    [Fact]
    public void A_clip_is_centred_its_loudness_does_not_matter_and_silence_is_zero()
    {
        float[] samples = [.. Enumerable.Range(0, 700).Select(i => (float)Math.Sin(0.3 * i))];
        var encoder = new LogMelEncoder(Small);
        float[] loud = new float[encoder.Values], quiet = new float[encoder.Values], silent = new float[encoder.Values];

        encoder.Encode(new AudioClip(samples, 8000), loud);
        encoder.Encode(new AudioClip([.. samples.Select(sample => sample / 64f)], 8000), quiet);
        encoder.Encode(new AudioClip(new float[700], 8000), silent);

        Assert.Equal(loud, quiet);
        Assert.All(silent, value => Assert.Equal(0f, value));
        Assert.Equal(MathF.Log(2f), Enumerable.Range(0, 11 * 8).Max(i => loud[3 * i]), 1e-6f);   // log(1 + max S/max S)
        Assert.Equal(0f, loud[0]);                          // 1000 samples a clip: 150 of silence before and after
    }

    [Fact]
    public void Every_band_of_every_channel_varies_by_one_after_scaling()
    {
        var encoder = new LogMelEncoder(Small with { ScaleToDeviation = true });
        var random = new Random(1);
        var values = new float[encoder.Values];

        encoder.Encode(new AudioClip([.. Enumerable.Range(0, 1000).Select(_ => random.NextSingle() - 0.5f)], 8000), values);

        for (int column = 0; column < 24; column++)
        {
            double[] over = [.. Enumerable.Range(0, 11).Select(t => (double)values[(t * 24) + column])];
            Assert.Equal(1, over.Sum(value => Math.Pow(value - over.Average(), 2)) / 11, 1e-4);
        }
    }

    [Fact]
    public void Another_sampling_rate_is_refused_with_a_way_out()
    {
        var encoder = new LogMelEncoder(Small);

        string message = Assert.Throws<InvalidDataException>(() => encoder.Encode(new AudioClip(new float[10], 16000), new float[encoder.Values])).Message;

        Assert.Contains("16000 Hz where 8000 Hz are needed", message, StringComparison.Ordinal);
        Assert.Contains("-ar 8000", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_band_too_narrow_for_the_window_is_refused()
    {
        string message = Assert.Throws<ArgumentException>(() => new MelSpectrogram(Small with { WindowSamples = 64, Bands = 60 })).Message;

        Assert.Contains("longer window", message, StringComparison.Ordinal);
    }
}
