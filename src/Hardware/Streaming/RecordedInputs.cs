using StereoSpike.Ingest;
using StereoSpike.Readout;

namespace StereoSpike.Hardware;

/// <summary>A recording's windows as a network sees them.</summary>
public static class RecordedInputs
{
    /// <summary>Encodes windows at equal distances over a recording.</summary>
    /// <param name="recording">What to read.</param>
    /// <param name="settings">The network: its encoder, window and sensor.</param>
    /// <param name="count">How many windows; all if there are fewer. At least 1.</param>
    /// <param name="weights">What messages call the network's file.</param>
    /// <returns>Inputs, each of shape [C,H,W].</returns>
    /// <exception cref="InvalidDataException">The network is for another sensor, another rig or an encoder that does not exist, or the recording is damaged.</exception>
    public static IReadOnlyList<float[]> Spread(IStereoRecording recording, StereoSpikeSettings settings, int count, string weights = "weights")
    {
        ArgumentNullException.ThrowIfNull(recording);
        ArgumentNullException.ThrowIfNull(settings);
        NetworkFit.Check(settings, weights, recording);
        IStereoEncoder encoder = NetworkFit.Encoder(settings, weights);
        IReadOnlyList<FrameRequest> windows = FrameRequest.ForAll(recording, settings.WindowUs);
        var reader = new StereoWindowReader(recording);
        int taken = Math.Min(Guard.AtLeast(count, 1), windows.Count);
        return [.. Enumerable.Range(0, taken).Select(i =>
        {
            var input = new float[encoder.Channels * settings.Sensor.Pixels];
            encoder.Encode(reader.Read(windows[(int)((long)i * windows.Count / taken)].Window), input);
            return input;
        })];
    }
}
