using System.Globalization;
using StereoSpike.Files;
using StereoSpike.Readout;

namespace StereoSpike.Hardware;

/// <summary>A folder of answers: <c>depth/000000.png</c> (see <see cref="DepthPng"/>), <c>pictures/000000.png</c>, <c>animation.png</c> and <c>frames.csv</c>.</summary>
/// <remarks>
/// Every file is written whole or not at all. The table and the animation appear when the last frame is done, so an interrupted run leaves
/// the finished frames' pictures and neither of the two. Files of an earlier run are replaced; the table names those that belong to this one.
/// </remarks>
public sealed class DepthFolder
{
    /// <summary>First line of the table.</summary>
    public const string TableHead = "index,time_us,events_left,events_right,frame_ms";

    private const int AnimationMs = 100;

    /// <summary>So many quiet frames at most wait for a busy one.</summary>
    private const int MostWaiting = 32;

    /// <summary>A frame with a left event at one of so many pixels is busy: what its depth is there tells the recording's range.</summary>
    private const int PixelsAnEvent = 200;

    /// <summary>The folder; made when needed.</summary>
    public required string Path { get; init; }

    /// <summary>The number of the first frame: greater than 0 where frames before it are answered elsewhere.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 0.</exception>
    public int FirstNumber { get; init => field = Guard.AtLeast(value, 0); }

    /// <summary>Draw every so many-th frame in colours; 0 for none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 0.</exception>
    public int PictureEvery { get; init => field = Guard.AtLeast(value, 0); } = 10;

    /// <summary>Whether a frame is drawn in colours, so that its truth is wanted too.</summary>
    /// <param name="index">Which frame of those written here, 0-based.</param>
    public bool Draws(int index) => PictureEvery > 0 && (FirstNumber + index) % PictureEvery == 0;

    /// <summary>Writes all frames as they come.</summary>
    /// <param name="frames">At least one.</param>
    /// <param name="total">How many there will be, for the progress.</param>
    /// <param name="progress">Told the frames done; or null.</param>
    /// <exception cref="ArgumentException">There is no frame.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public void Write(IEnumerable<DepthFrame> frames, int total, IWorkProgress? progress = null)
    {
        ArgumentNullException.ThrowIfNull(frames);
        WholeFile.Write(In("frames.csv"), table =>
        {
            using var rows = new StreamWriter(table, leaveOpen: true);
            rows.Write(TableHead + "\n");
            IEnumerable<Picture> pages = WriteEach(frames, rows, total, progress);
            if (PictureEvery > 0)
            {
                AnimatedPng.Save(In("animation.png"), pages, AnimationMs);   // asks for a page at a time, and so drives the frames
            }
            else
            {
                foreach (Picture _ in pages)
                {
                    // none comes: this only drives the frames
                }
            }
        });
    }

    private IEnumerable<Picture> WriteEach(IEnumerable<DepthFrame> frames, StreamWriter rows, int total, IWorkProgress? progress)
    {
        FramePage? pages = null;
        var waiting = new Queue<DepthFrame>();   // one scale serves all pages, so that they compare: the first frame's that shows anything
        foreach (DepthFrame frame in frames)
        {
            DepthPng.Save(In("depth", NameOf(frame)), frame.Depth);
            rows.Write(string.Create(CultureInfo.InvariantCulture, $"{FirstNumber + frame.Index},{frame.TimeUs},{frame.LeftCount},{frame.RightCount},{frame.TotalMs:F3}\n"));
            if (Draws(frame.Index))
            {
                waiting.Enqueue(pages is null ? frame.Copy() : frame);
                pages ??= waiting.Count == MostWaiting || ShowsItsRange(frame) ? PagesFor(waiting) : null;
                while (pages is not null && waiting.TryDequeue(out DepthFrame? next))
                {
                    yield return Draw(pages, next);
                }
            }

            progress?.Report(frame.Index + 1, total);
        }

        while (waiting.TryPeek(out _))
        {
            pages ??= PagesFor(waiting);
            yield return Draw(pages, waiting.Dequeue());
        }
    }

    private static bool ShowsItsRange(DepthFrame frame) => frame.Truth is { KnownPixels: > 0 } || frame.LeftCount >= frame.Depth.Sensor.Pixels / PixelsAnEvent;

    /// <summary>Pages with the colours of the last frame's truth, or, without a truth, of the depths at the left events of the busiest.</summary>
    private static FramePage PagesFor(IEnumerable<DepthFrame> frames)
    {
        if (frames.Last().Truth is { KnownPixels: > 0 } truth)
        {
            return new FramePage(ColourScale.DepthOf(truth));
        }

        DepthFrame busiest = frames.MaxBy(frame => frame.LeftCount)!;
        DepthMap depth = DepthMap.Unknown(busiest.Depth.Sensor);
        for (int pixel = 0; pixel < depth.Metres.Length; pixel++)
        {
            if (busiest.LeftCount == 0 || busiest.LeftEvents.Channel(0)[pixel] + busiest.LeftEvents.Channel(1)[pixel] > 0)
            {
                depth.Metres[pixel] = busiest.Depth.Metres[pixel];
            }
        }

        return new FramePage(ColourScale.DepthOf(depth));
    }

    private Picture Draw(FramePage pages, DepthFrame frame)
    {
        Picture page = pages.Draw(frame);
        page.Save(In("pictures", NameOf(frame)));
        return page;
    }

    private string NameOf(DepthFrame frame) => string.Create(CultureInfo.InvariantCulture, $"{FirstNumber + frame.Index:D6}.png");

    private string In(params ReadOnlySpan<string> parts) => System.IO.Path.Combine([Path, .. parts]);
}
