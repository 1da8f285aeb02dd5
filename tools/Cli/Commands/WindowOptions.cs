using System.CommandLine;
using StereoSpike.Ingest;

namespace StereoSpike.Cli;

/// <summary>How a verb cuts events into windows.</summary>
internal sealed class WindowOptions(double usualMs)
{
    private readonly Option<double?> _windowMs = new("--window-ms") { Description = $"Length of a window, ms; {usualMs} unless --window-events is given." };
    private readonly Option<double?> _stepMs = new("--step-ms") { Description = "From one window's start to the next, ms: less than the length makes them overlap, more leaves gaps. The length if left out." };
    private readonly Option<int?> _windowEvents = new("--window-events") { Description = "Events of a window, in place of a length of time." };
    private readonly Option<int?> _stepEvents = new("--step-events") { Description = "Events from one window's start to the next; as many as a window has if left out." };

    public IEnumerable<Option> All => [_windowMs, _stepMs, _windowEvents, _stepEvents];

    /// <summary>Cuts.</summary>
    /// <exception cref="ArgumentException">Both a time and a number of events are given, or neither can be.</exception>
    public IEnumerable<EventWindow> Cut(ParseResult arguments, IEventReader events)
    {
        (double? ms, double? stepMs, int? count, int? step) = (arguments.GetValue(_windowMs), arguments.GetValue(_stepMs), arguments.GetValue(_windowEvents), arguments.GetValue(_stepEvents));
        if (count is null && step is null)
        {
            double length = ms ?? usualMs;
            return EventWindows.ByTime(events, Us(length), Us(stepMs ?? length));
        }

        return (ms, stepMs, count) is (null, null, { } number)
            ? EventWindows.ByCount(events, number, step ?? number)
            : throw new ArgumentException("Windows are cut by time (--window-ms, --step-ms) or by number (--window-events, --step-events), not by both.");
    }

    private static long Us(double ms) => ms is >= 0.001 and <= 1e12 ? (long)Math.Round(ms * 1000) : throw new ArgumentException($"A window of {ms} ms is not from 0.001 to 1e12 ms.");
}
