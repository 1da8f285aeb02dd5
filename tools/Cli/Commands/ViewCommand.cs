using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using StereoSpike.Ingest;
using StereoSpike.Readout;

namespace StereoSpike.Cli;

/// <summary><c>stereospike view</c></summary>
internal static class ViewCommand
{
    private const int UsualColumns = 100;
    private static readonly Argument<string> In = new("IN") { Description = $"{CameraEvents.Description} Without --camera a stereo recording shows both." };
    private static readonly Argument<string?> Out = new("OUT") { Description = "X.png (the first window) or X.apng (all of them, moving). Left out, the terminal shows them; where that is none, the first.", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<double> Speed = new("--speed") { Description = "How fast it moves: 1 is as it was, 0.1 ten times slower.", DefaultValueFactory = _ => 1 };
    private static readonly Option<int?> Frames = new("--frames") { Description = "At most so many windows." };
    private static readonly CameraEvents Source = new();
    private static readonly WindowOptions Windows = new(20);

    public static Command Make()
    {
        var command = new Command("view", "Show events: ON red, OFF blue; as a picture, an animation, or in a terminal of 24-bit colours.") { In, Out, Speed, Frames };
        foreach (Option option in Windows.All.Concat(Source.All))
        {
            command.Add(option);
        }

        command.SetAction((arguments, cancellation) => MainThread.RunAsync(() => Run(arguments, cancellation)));
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken cancellation)
    {
        double speed = arguments.GetValue(Speed) is > 0 and <= 1e6 and double given ? given : throw new ArgumentException("--speed must be greater than 0 and at most 1e6.");
        int most = arguments.GetValue(Frames) is { } frames ? Guard.AtLeast(frames, 1, "--frames") : int.MaxValue;
        using IEventReader events = Source.Open(arguments, arguments.GetRequiredValue(In), cancellation, bothCameras: true);
        IEnumerable<EventWindow> windows = Windows.Cut(arguments, events).Take(most);
        if (arguments.GetValue(Out) is not { } output)
        {
            if (arguments.GetValue(CommonOptions.Json))
            {
                throw new ArgumentException("--json needs OUT, a picture or an animation; what a terminal shows is no JSON.");
            }

            Play(windows, events.Sensor, speed, cancellation);
            return Shell.Done;
        }

        long seen = 0;
        int count = 0;
        using (var progress = new TerminalProgress("drawing"))
        {
            IEnumerable<(EventWindow Window, Picture Picture)> pictures = windows.Select(window =>
            {
                cancellation.ThrowIfCancellationRequested();
                (seen, count) = (seen + window.Events.Length, count + 1);
                progress.Report((long)(events.Progress * 1000), 1000);
                return (window, EventPicture.Draw(window.Events.Span, events.Sensor));
            });
            Save(output, pictures, speed);
        }

        Answer.Print(arguments, new JsonObject { ["out"] = output, ["windows"] = count, ["width"] = events.Sensor.Width, ["height"] = events.Sensor.Height, ["events_in_windows"] = seen });
        return Shell.Done;
    }

    private static void Save(string output, IEnumerable<(EventWindow Window, Picture Picture)> pictures, double speed)
    {
        switch (Path.GetExtension(output).ToLowerInvariant())
        {
            case ".png":
                foreach ((_, Picture picture) in pictures.Take(1))
                {
                    picture.Save(output);
                }

                break;
            case ".apng":
                using (IEnumerator<(EventWindow Window, Picture Picture)> each = pictures.GetEnumerator())
                {
                    if (!each.MoveNext())
                    {
                        throw new ArgumentException($"{output}: there are no events to show.");
                    }

                    (EventWindow first, Picture picture) = each.Current;
                    EventWindow? second = each.MoveNext() ? each.Current.Window : null;
                    double stepMs = ((second?.Window.StartUs ?? first.Window.EndUs) - first.Window.StartUs) / 1e3;
                    AnimatedPng.Save(output, Rest(picture, each, second is not null), (int)Math.Clamp(Math.Round(stepMs / speed), 1, ushort.MaxValue));
                }

                break;
            default:
                throw new ArgumentException($"{output}: its ending does not say what to draw: .png or .apng.");
        }

        static IEnumerable<Picture> Rest(Picture first, IEnumerator<(EventWindow Window, Picture Picture)> each, bool more)
        {
            yield return first;
            for (; more; more = each.MoveNext())
            {
                yield return each.Current.Picture;
            }
        }
    }

    /// <summary>Draws windows over one another at the pace of their time; where the output is no terminal, the first alone.</summary>
    private static void Play(IEnumerable<EventWindow> windows, SensorSize sensor, double speed, CancellationToken cancellation)
    {
        bool terminal = !Console.IsOutputRedirected;
        int columns = terminal && Console.WindowWidth > 0 ? Console.WindowWidth : UsualColumns, lines = 0;
        long started = Stopwatch.GetTimestamp(), firstUs = long.MinValue;
        foreach (EventWindow window in windows.Take(terminal ? int.MaxValue : 1))
        {
            firstUs = firstUs == long.MinValue ? window.Window.StartUs : firstUs;
            TimeSpan due = TimeSpan.FromMilliseconds(Math.Min((window.Window.StartUs - firstUs) / (1e3 * speed), 1e9)), left = due - Stopwatch.GetElapsedTime(started);
            if (left > TimeSpan.Zero && cancellation.WaitHandle.WaitOne(left))
            {
                break;
            }

            cancellation.ThrowIfCancellationRequested();
            string text = HalfBlocks.Draw(EventPicture.Draw(window.Events.Span, sensor), columns);
            Console.Write((lines > 0 ? $"\e[{lines}A" : "") + text + string.Create(
                CultureInfo.InvariantCulture, $"{window.Window.StartUs / 1e6:F3} s, {window.Window.DurationUs / 1e3:0.###} ms, {window.Events.Length} events\e[K\n"));
            lines = text.Count(letter => letter == '\n') + 1;
        }
    }
}
