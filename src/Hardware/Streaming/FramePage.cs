using System.Globalization;
using StereoSpike.Readout;

namespace StereoSpike.Hardware;

/// <summary>Draws what the pipeline saw and said: left events, depth, truth, error. Every page of one scale and sensor has the same size.</summary>
/// <param name="depth">Colours of depth.</param>
/// <param name="error">Colours of the error's picture; null to leave that out.</param>
public sealed class FramePage(ColourScale depth, ColourScale? error = null)
{
    private const int LeastPanelPx = 240;   // so wide that the headline, whose words change, never widens the page

    /// <summary>The panels of a frame: events and depth, then the truth and its error where the frame has a truth.</summary>
    /// <param name="frame">The frame; its pictures are drawn at once.</param>
    public IReadOnlyList<Panel> Panels(DepthFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        var panels = new List<Panel>
        {
            new("left events", EventPicture.Draw(frame.LeftEvents, Camera.Left)),
            new("depth, network", DepthPicture.Draw(frame.Depth, depth)) { Scale = depth },
        };
        if (frame.Truth is { } truth)
        {
            panels.Insert(1, new Panel("depth, truth", DepthPicture.Draw(truth, depth)) { Scale = depth });
            if (error is not null)
            {
                panels.Add(new Panel("error", ErrorPicture.Draw(frame.Depth.Metres, truth, error)) { Scale = error });
            }
        }

        return panels;
    }

    /// <summary>A frame on one page.</summary>
    /// <param name="frame">The frame.</param>
    public Picture Draw(DepthFrame frame)
    {
        IReadOnlyList<Panel> panels = Panels(frame);
        return new Montage { Headline = Seconds(frame), Columns = panels.Count, Zoom = Zoom(frame.Depth.Sensor) }.Draw(panels);
    }

    /// <summary>The frame's time, to print: "t = 1.25 s".</summary>
    /// <param name="frame">The frame.</param>
    public static string Seconds(DepthFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        return string.Create(CultureInfo.InvariantCulture, $"t = {frame.TimeUs * 1e-6:F2} s");
    }

    private static int Zoom(SensorSize sensor) => Math.Clamp((LeastPanelPx + sensor.Width - 1) / sensor.Width, 1, 32);
}
