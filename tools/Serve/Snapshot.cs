using System.Text.Json.Nodes;
using StereoSpike.Hardware;
using StereoSpike.Readout;

namespace StereoSpike.Serve;

/// <summary>One answer, kept: the depth with what belongs to it, in the form in which it travels.</summary>
internal sealed class Snapshot
{
    private const int MostShown = 15;

    public Snapshot(LiveFrame frame, DepthMap? truth)
    {
        Depth = frame.Depth;
        Truth = truth;
        Supported = [.. frame.Supported];
        Report = LiveReport.Of(frame);
        Layers = new JsonObject(frame.FiringRates.Select(rate => KeyValuePair.Create<string, JsonNode?>(rate.Key, Math.Round(rate.Value, 6))));
        if (truth is not null && MeanErrorMetres(frame.Depth, truth) is double error && double.IsFinite(error))
        {
            Report["mean_depth_error_cm"] = Math.Round(100 * error, 2);
        }

        ReadOnlySpan<float> on = frame.Counts.Channel(0), off = frame.Counts.Channel(1);
        Events = new byte[on.Length];
        for (int i = 0; i < Events.Length; i++)
        {
            Events[i] = (byte)(((int)Math.Min(MostShown, on[i]) << 4) | (int)Math.Min(MostShown, off[i]));
        }
    }

    /// <summary>Shape [H,W], metres.</summary>
    public DepthMap Depth { get; }

    /// <summary>What was measured at its instant, shape [H,W], metres; null where nothing was.</summary>
    public DepthMap? Truth { get; }

    /// <summary>1 where events support the depth, shape [H,W].</summary>
    public byte[] Supported { get; }

    /// <summary>The left camera's events at each pixel, shape [H,W]: ON in the upper four bits, OFF in the lower, 15 for 15 or more.</summary>
    public byte[] Events { get; }

    /// <summary>The answer in figures.</summary>
    public JsonObject Report { get; }

    /// <summary>Firing rates by layer.</summary>
    public JsonObject Layers { get; }

    /// <summary>The depth, unknown where no event supports it.</summary>
    public DepthMap SupportedDepth() => new(Depth.Sensor, [.. Depth.Metres.Select((metres, i) => Supported[i] != 0 ? metres : float.NaN)]);

    /// <summary>Events, depth and, where known, truth on one page.</summary>
    /// <param name="scale">Colours of depth.</param>
    /// <param name="headline">Above it.</param>
    public Picture Draw(ColourScale scale, string headline)
    {
        var events = new SpikeFrame(2, Depth.Sensor);
        for (int i = 0; i < Events.Length; i++)
        {
            (events.Channel(0)[i], events.Channel(1)[i]) = (Events[i] >> 4, Events[i] & MostShown);
        }

        var panels = new List<Panel> { new("left events", EventPicture.Draw(events, Camera.Left)), new("depth, network", DepthPicture.Draw(Depth, scale)) { Scale = scale } };
        if (Truth is not null)
        {
            panels.Add(new Panel("depth, truth", DepthPicture.Draw(Truth, scale)) { Scale = scale });
        }

        return new Montage { Headline = headline, Columns = panels.Count }.Draw(panels);
    }

    /// <summary>Mean absolute error over the pixels whose truth is known, metres; NaN where none is.</summary>
    private static double MeanErrorMetres(DepthMap depth, DepthMap truth)
    {
        double sum = 0;
        int known = 0;
        for (int i = 0; i < truth.Metres.Length; i++)
        {
            if (!float.IsNaN(truth.Metres[i]))
            {
                sum += Math.Abs(depth.Metres[i] - truth.Metres[i]);
                known++;
            }
        }

        return sum / known;
    }
}
