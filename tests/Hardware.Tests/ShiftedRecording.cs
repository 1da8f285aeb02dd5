using StereoSpike.Ingest;

namespace StereoSpike.Hardware.Tests;

/// <summary>Random dots whose right image is the left one moved: 5 px, or what is asked for, in the first half of the windows, 10 px in the second; the truth says so at each event.</summary>
internal static class ShiftedRecording
{
    public const int WindowUs = 50_000, EventsPerWindow = 300;
    public static readonly SensorSize Sensor = new(64, 48);

    /// <param name="windows">How many.</param>
    /// <param name="blindWindows">In how many of them, from the first, the right camera sends nothing.</param>
    /// <param name="farPx">The disparity of the first half.</param>
    public static StereoEventList Make(int windows, int blindWindows = 0, int farPx = 5)
    {
        var random = new Random(6);
        var left = new List<DvsEvent>();
        var right = new List<DvsEvent>();
        var disparities = new List<float>();
        int count = windows * EventsPerWindow;
        long lastUs = ((long)windows * WindowUs) - 1;   // from 0 to here, so that each window is whole and has its label
        for (int i = 0; i < count; i++)
        {
            int window = i / EventsPerWindow, disparity = 2 * window < windows ? farPx : 10;
            var e = new DvsEvent(i * lastUs / (count - 1), (ushort)random.Next(20, 60), (ushort)random.Next(Sensor.Height), (Polarity)random.Next(2));
            left.Add(e);
            disparities.Add(disparity);
            if (window >= blindWindows)
            {
                right.Add(e with { X = (ushort)(e.X - disparity) });
            }
        }

        return new StereoEventList(
            "dots.txt", SimulatedRigs.Custom(Sensor, focalPx: 50, baselineMetres: 0.2), 0, new EventArray(Sensor, left.ToArray()), new EventArray(Sensor, right.ToArray()),
            [.. disparities], [.. Enumerable.Repeat(float.NaN, right.Count)], labelIntervalUs: WindowUs, truthWindowUs: WindowUs);
    }
}
