using System.Diagnostics;
using System.Globalization;
using StereoSpike.Files;

namespace StereoSpike.Cli;

/// <summary>Shows how far long work has come, on standard error: a bar that redraws itself in a terminal, now and then a plain line elsewhere. Or tells another progress and shows nothing.</summary>
internal sealed class TerminalProgress(string work, IWorkProgress? elsewhere = null) : IWorkProgress, IDisposable
{
    private const int BarWidth = 24;
    private readonly bool _terminal = !Console.IsErrorRedirected;
    private readonly long _started = Stopwatch.GetTimestamp();
    private (long Done, double Seconds)? _first;
    private double _nextSeconds = Console.IsErrorRedirected ? 10 : 0;
    private bool _written;
    private int _widest;
    private string _last = "";

    public void Report(long done, long total, string? note = null)
    {
        if (elsewhere is not null)
        {
            elsewhere.Report(done, total, work);
            return;
        }

        double seconds = Stopwatch.GetElapsedTime(_started).TotalSeconds;
        _first ??= (done, seconds);   // the rate counts from here: a resumed run did the rest before
        _last = Line(done, total, seconds, note);
        if (seconds >= _nextSeconds)
        {
            _nextSeconds = seconds + (_terminal ? 0.2 : 30);
            Write();
        }
    }

    public void Dispose()
    {
        if (_terminal ? _last.Length > 0 : _written)
        {
            Write();
            if (_terminal)
            {
                Console.Error.WriteLine();
            }
        }
    }

    private void Write()
    {
        _written = true;
        if (_terminal)
        {
            _widest = Math.Max(_widest, _last.Length);
            Console.Error.Write("\r" + _last.PadRight(_widest));
        }
        else
        {
            Console.Error.WriteLine(_last);
        }
    }

    private string Line(long done, long total, double seconds, string? note)
    {
        if (total <= 0)
        {
            return $"{work}  {done}{(note is null ? "" : $"  {note}")}";
        }

        double share = Math.Clamp((double)done / total, 0, 1), rate = (done - _first!.Value.Done) / Math.Max(seconds - _first.Value.Seconds, 1e-3);
        int filled = (int)(share * BarWidth);
        string bar = new string('█', filled) + new string('·', BarWidth - filled);
        string left = done < total && rate > 0 ? $"  {Duration((total - done) / rate)} left" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{work}  {bar} {share * 100,3:F0} %{left}{(note is null ? "" : $"  {note}")}");
    }

    private static string Duration(double seconds) => seconds switch
    {
        < 60 => string.Create(CultureInfo.InvariantCulture, $"{seconds:F0} s"),
        < 3600 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:F0} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:F1} h"),
    };
}
