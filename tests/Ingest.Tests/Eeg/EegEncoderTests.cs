using CsCheck;
using StereoSpike.Tests;

namespace StereoSpike.Ingest.Tests.Eeg;

public class EegEncoderTests
{
    [Fact]
    public void An_oscillation_has_half_its_squared_amplitude_as_power_in_its_band_and_none_elsewhere()
    {
        // 20 units at 10 Hz, in the middle of 8 to 12 Hz at one bin a Hz: a²/2 = 200, all of it within the window's three bins. A constant adds nothing.
        var settings = new BandPowerSettings { WindowSamples = 100, HopSamples = 50, Frames = 3, EdgesHz = [2, 8, 12.5, 40] };
        float[] samples = [.. Enumerable.Range(0, 200).Select(i => 7f + (20f * MathF.Sin(2f * MathF.PI * 10f * i / 100f)))];
        var result = new float[9];

        new BandPowerEncoder(settings, 100).Encode(samples, result, 0, 1);

        for (int t = 0; t < 3; t++)
        {
            Assert.Equal(Math.Log10(201), result[(3 * t) + 1], 1e-4);
            Assert.Equal(0, result[3 * t], 1e-4);
            Assert.Equal(0, result[(3 * t) + 2], 1e-4);
        }
    }

    [Fact]
    public void A_band_without_a_frequency_is_refused()
    {
        var settings = new BandPowerSettings { WindowSamples = 100, EdgesHz = [2, 2.5, 8] };

        Assert.Contains("longer window", Assert.Throws<ArgumentException>(() => new BandPowerEncoder(settings with { EdgesHz = [2.1, 2.5, 8] }, 100)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Events_add_up_to_the_signal_within_one_threshold()
    {
        var settings = new DeltaModulationSettings { Thresholds = [1f, 3f], StepSamples = 4, Steps = 10 };
        Gen.Float[-20f, 20f].Array[40].Sample(samples =>
        {
            var counts = new float[10 * 4];
            new DeltaModulationEncoder(settings).Encode(samples, counts);
            for (int j = 0; j < 2; j++)
            {
                double level = samples[0];
                for (int step = 0; step < 10; step++)
                {
                    level += settings.Thresholds[j] * (counts[(step * 4) + (2 * j)] - counts[(step * 4) + (2 * j) + 1]);
                    Assert.True(Math.Abs(samples[(4 * step) + 3] - level) <= settings.Thresholds[j] * 1.0001);
                }
            }
        }, iter: 300);
    }

    [Fact]
    public void A_ramp_makes_one_event_a_threshold_upwards_and_none_downwards()
    {
        // 0, 1, 2 … 11 with θ = 2: a crossing at 2, 4, 6, 8, 10; steps of four samples hold 1, 2 and 2 of them.
        var counts = new float[6];

        new DeltaModulationEncoder(new DeltaModulationSettings { Thresholds = [2f], StepSamples = 4, Steps = 3 }).Encode([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], counts);

        Assert.Equal([1f, 0f, 2f, 0f, 2f, 0f], counts);
    }

    [Fact]
    public void A_text_that_is_no_number_is_refused_by_its_line_and_a_table_by_its_column()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("Z001.txt"), "1\n2\nthree\n");
        File.WriteAllText(folder.File("eye.csv"), "AF3,F7,class\n1,2,0\n1,x,1\n");

        Assert.Contains("Z001.txt: line 3: is \"three\"", Assert.Throws<InvalidDataException>(() => BonnFiles.Load(folder.Path)).Message, StringComparison.Ordinal);
        Assert.Contains("line 3, column F7", Assert.Throws<InvalidDataException>(() => EyeStateTable.Load(folder.File("eye.csv"))).Message, StringComparison.Ordinal);
    }

    [DataFact("eeg/bonn")]
    public void The_collection_has_five_sets_of_a_hundred_segments_and_the_table_117_seconds()
    {
        IReadOnlyList<BonnSegment> segments = BonnFiles.Load(TestData.Path("eeg/bonn"));

        Assert.Equal(["A100", "B100", "C100", "D100", "E100"], segments.GroupBy(segment => segment.Set).Select(set => $"{set.Key}{set.Count()}"));
        Assert.All(segments, segment => Assert.Equal(4097, segment.Signal.Samples.Length));
        EyeStateTable table = EyeStateTable.Load(TestData.Path("eeg/eeg-eye-state.csv"));
        Assert.Equal((14, 14980), (table.Signals.Count, table.Closed.Count));
    }
}
