using System.Numerics;
using System.Runtime.InteropServices;

namespace StereoSpike.Ingest;

/// <summary>One step of a stream, counted: how often each pixel reported.</summary>
internal sealed class CountSlice(int values)
{
    /// <summary>Shape [4,H,W]: L ON, L OFF, R ON, R OFF.</summary>
    public readonly float[] Counts = new float[values];

    public long StartUs;
    public long Left;
    public long Right;

    /// <summary>Its windows that are neither answered nor left out yet.</summary>
    public int Pending;

    /// <summary>Whether windows of it may still come.</summary>
    public bool Held;

    /// <summary>Whether a window of it was answered.</summary>
    public bool Answered;

    public long Events => Left + Right;

    public void Clear(long startUs)
    {
        if (Events > 0)
        {
            Array.Clear(Counts);
        }

        (StartUs, Left, Right, Pending, Held, Answered) = (startUs, 0, 0, 0, true, false);
    }

    /// <summary>Says of which camera its newest events are.</summary>
    public void Credit(Camera camera, long events) => (Left, Right) = camera == Camera.Left ? (Left + events, Right) : (Left, Right + events);

    public void AddTo(Span<float> sum) => Combine(sum, 1f);

    public void TakeFrom(Span<float> sum) => Combine(sum, -1f);

    /// <summary>sum += sign · counts. Counts are whole numbers below 2²⁴, so sums are exact and what was added is taken away without a trace.</summary>
    private void Combine(Span<float> sum, float sign)
    {
        if (Events == 0)
        {
            return;
        }

        Span<Vector<float>> wide = MemoryMarshal.Cast<float, Vector<float>>(sum);
        ReadOnlySpan<Vector<float>> added = MemoryMarshal.Cast<float, Vector<float>>(Counts);
        for (int i = 0; i < wide.Length; i++)
        {
            wide[i] += added[i] * sign;
        }

        for (int i = wide.Length * Vector<float>.Count; i < sum.Length; i++)
        {
            sum[i] += Counts[i] * sign;
        }
    }
}
