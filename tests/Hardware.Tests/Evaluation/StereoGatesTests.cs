using StereoSpike.Ingest;
using StereoSpike.Readout;

namespace StereoSpike.Hardware.Tests;

public class StereoGatesTests
{
    private static readonly StereoSpikeSettings Settings = TestNetworks.Settings with { Unit = DepthUnit.DisparityPx, ReadoutOffset = 0 };

    [Fact]
    public void A_network_that_sees_stereo_passes()
    {
        // It answers the true disparity and a quarter of a pixel: so much is its error and its bias. Among the dots of another time it finds whatever agrees
        // by chance, 0 to 19 px. Blind it says 0.25 px: 4.75 and 9.75 px off, on average 29 times as much.
        Dictionary<string, Gate> gates = Run(new StubEngine(Settings) { Sees = frame => Correlate(frame) + 0.25f });

        Assert.Equal(0.25, gates["disparity_error_px"].Value, 1e-4);
        Assert.Equal(1, gates["shift_slope"].Value, 1e-4);
        Assert.Equal(-4, gates["shift_minus_4_px"].Value, 1e-4);
        Assert.Equal(4, gates["shift_plus_4_px"].Value, 1e-4);
        Assert.Equal(29, gates["blank_right_error_ratio"].Value, 0.05);
        Assert.True(gates["scrambled_right_error_ratio"].Value > 4);
        Assert.Equal(0.25, gates["median_bias_px"].Value, 1e-3);
        Assert.All(gates.Values, gate => Assert.NotEqual(false, gate.Passed));
        Assert.Equal(4, gates.Values.Count(gate => gate.Passed == true));
    }

    [Fact]
    public void A_network_that_always_says_the_same_is_found_out()
    {
        // 7 px everywhere: 2 px too much for the far half at 5 px, 3 px too little for the near half at 10 px. f·b = 10 px·m: 1.4286 m for 2 m and 1 m.
        Dictionary<string, Gate> gates = Run(new StubEngine(Settings, potential: 7));

        Assert.Equal((0, false), (gates["shift_slope"].Value, gates["shift_slope"].Passed));
        Assert.Equal((1, false), (gates["scrambled_right_error_ratio"].Value, gates["scrambled_right_error_ratio"].Passed));
        Assert.Equal((1, false), (gates["blank_right_error_ratio"].Value, gates["blank_right_error_ratio"].Passed));
        Assert.Equal(3, gates["near_disparity_error_px"].Value, 1e-4);
        Assert.Equal(2, gates["far_disparity_error_px"].Value, 1e-4);
        Assert.Equal(42.86, gates["near_depth_error_cm"].Value, 0.01);
        Assert.Equal(57.14, gates["far_depth_error_cm"].Value, 0.01);
    }

    [Fact]
    public void A_network_that_follows_half_way_or_leans_to_one_side_is_found_out()
    {
        Gate half = Run(new StubEngine(Settings) { Sees = frame => (Correlate(frame) / 2) + 4 })["shift_slope"];
        Gate leaning = Run(new StubEngine(Settings) { Sees = frame => Correlate(frame) + 2 })["median_bias_px"];

        Assert.Equal((0.5, false), (Math.Round(half.Value, 4), half.Passed));
        Assert.Equal((2, false), (Math.Round(leaning.Value, 2), leaning.Passed));
    }

    [Fact]
    public void What_is_too_far_to_shrink_by_the_shift_is_left_out_of_it()
    {
        // Half of the dots have 3 px: moved by −4 they would lie behind infinity, where no network can follow. The other half, of 10 px, can, and does.
        Assert.Equal(1, Run(new StubEngine(Settings) { Sees = Correlate }, farPx: 3)["shift_slope"].Value, 1e-4);
        Assert.Null(Run(new StubEngine(Settings) { Sees = Correlate }, windows: 1, farPx: 3)["shift_slope"].Passed);
    }

    [Fact]
    public void No_more_windows_are_looked_at_than_asked_for()
    {
        var engine = new StubEngine(Settings) { Sees = Correlate };
        Run(engine, windows: 8, most: 3);

        Assert.Equal(3 * 5, engine.Runs);
    }

    [Fact]
    public void One_window_cannot_be_scrambled()
    {
        Gate scrambled = Run(new StubEngine(Settings) { Sees = Correlate }, windows: 1)["scrambled_right_error_ratio"];

        Assert.True(double.IsNaN(scrambled.Value));
        Assert.Null(scrambled.Passed);
    }

    [Fact]
    public void Gates_without_labels_are_refused()
    {
        using StereoEventList recording = ShiftedRecording.Make(2);
        var gates = new StereoGates(recording, new StubEngine(Settings), Errors(recording));

        Assert.Throws<ArgumentException>(() => gates.Run([]));
        Assert.Throws<ArgumentException>(() => gates.Run([new FrameRequest(new TimeWindow(0, 1))]));
    }

    private static Dictionary<string, Gate> Run(StubEngine engine, int windows = 8, int most = StereoGates.DefaultWindows, int farPx = 5)
    {
        using StereoEventList recording = ShiftedRecording.Make(windows, farPx: farPx);
        return new StereoGates(recording, engine, Errors(recording)).Run(FrameRequest.ForAll(recording, ShiftedRecording.WindowUs), most).ToDictionary(gate => gate.Name);
    }

    private static DepthErrorSettings Errors(StereoEventList recording) => new RecordingScore(recording, ShiftedRecording.WindowUs).Settings;

    /// <summary>What stereo is, for dots: the disparity at which most events of the two cameras coincide; 0 for none.</summary>
    private static float Correlate(SpikeFrame frame)
    {
        int width = frame.Sensor.Width;
        double most = 0;
        int best = 0;
        for (int d = 0; d < 20; d++)
        {
            double sum = 0;
            for (int polarity = 0; polarity < 2; polarity++)
            {
                Span<float> left = frame.Channel(polarity), right = frame.Channel(2 + polarity);
                for (int i = 0; i < left.Length; i++)
                {
                    sum += i % width >= d ? left[i] * right[i - d] : 0;
                }
            }

            (most, best) = sum > most ? (sum, d) : (most, best);
        }

        return best;
    }
}
