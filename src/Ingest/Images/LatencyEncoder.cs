namespace StereoSpike.Ingest;

/// <summary>How a pixel's brightness becomes the time of its one spike.</summary>
public enum LatencyRule
{
    /// <summary>t = ⌊(255 − p)·T/255⌋, S4NN's; black never fires.</summary>
    Linear,

    /// <summary>t = round(T − 1 − ln(α·p/255 + 1)), α = e^(T−1) − 1: equal ratios of brightness are equal delays; black never fires.</summary>
    Logarithmic,
}

/// <summary>Time-to-first-spike code of an image: bright pixels fire early, black ones never, each at most once.</summary>
/// <remarks>
/// Sources: Kheradpisheh and Masquelier, "S4NN: temporal backpropagation for spiking neural networks with one spike per neuron", Int. J. Neural Systems 2020 (arXiv:1910.09495), linear;
/// Fang et al., "SpikingJelly", Science Advances 2023 (arXiv:2310.16620), LatencyEncoder, logarithmic. Deviation there: black, which SpikingJelly fires in its last step, stays silent.
/// </remarks>
public sealed class LatencyEncoder
{
    private readonly ushort[] _times = new ushort[256];

    /// <summary>Prepares the table of 256 times.</summary>
    /// <param name="steps">T: steps 0 to T − 1 are times, T is "never"; 1 to 4096.</param>
    /// <param name="rule">How brightness becomes time.</param>
    /// <exception cref="ArgumentOutOfRangeException">The steps are outside their range.</exception>
    public LatencyEncoder(int steps, LatencyRule rule = LatencyRule.Linear)
    {
        Steps = Guard.Within(steps, 1, 4096);
        Rule = rule;
        for (int p = 1; p < _times.Length; p++)
        {
            _times[p] = (ushort)Math.Clamp(rule == LatencyRule.Linear ? (255 - p) * steps / 255 : Logarithmic(p), 0, steps);
        }

        _times[0] = (ushort)steps;
    }

    /// <summary>T: the number of steps, and the time that stands for "never".</summary>
    public int Steps { get; }

    /// <summary>How brightness becomes time.</summary>
    public LatencyRule Rule { get; }

    /// <summary>Time of a pixel of brightness 0..255, in steps.</summary>
    public int this[byte brightness] => _times[brightness];

    /// <summary>Encodes an image.</summary>
    /// <param name="pixels">Brightness, 0..255.</param>
    /// <param name="times">Receives each pixel's time, in steps; T for never.</param>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    public void Encode(ReadOnlySpan<byte> pixels, Span<ushort> times)
    {
        Guard.Length(times.Length, pixels.Length, nameof(times));
        for (int i = 0; i < pixels.Length; i++)
        {
            times[i] = _times[pixels[i]];
        }
    }

    // ln(α·x + 1) with α = e^(T−1) − 1; beyond e^700 only ln α + ln x is left of it, and a double can still hold that.
    private double Logarithmic(int p)
    {
        double x = p / 255.0, last = Steps - 1;
        double log = last < 700 ? Math.Log((Math.Exp(last) - 1.0) * x + 1.0) : Math.Max(0.0, last + Math.Log(x));
        return Math.Round(last - log, MidpointRounding.ToEven);
    }
}
