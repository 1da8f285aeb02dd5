using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace StereoSpike.Model;

/// <summary>A convolution over time and bands on plain arrays, and its gradients. What is 0 in the input costs nothing forwards, nor in the gradient of the weights.</summary>
/// <remarks>
/// Input x has shape [T,F,I], output y [T,F,O], weights w [taps over time, taps over bands, I, O]:
/// <code>y[t,f,o] = Σ_{k,j,i} w[k,j,i,o] · x[t + k·d_t − left_t, f + j·d_f − left_f, i]</code>
/// Channels lie side by side, so that a spike adds one row of weights to one row of sums, eight or more at a time.
/// The way back to the input is dense, since surrogate gradients are: there sums stay in registers over all taps.
/// </remarks>
/// <param name="bands">F.</param>
/// <param name="inputs">I, channels of the input.</param>
/// <param name="outputs">O, channels of the output.</param>
/// <param name="kernel">Taps and dilations.</param>
internal sealed class TemporalConvolution(int bands, int inputs, int outputs, TemporalKernel kernel)
{
    private const int Neighbours = 4;
    private readonly int _taps = kernel.Steps * kernel.Bands;

    /// <summary>Number of weights.</summary>
    public int Weights => checked(_taps * inputs * outputs);

    /// <summary>Adds the convolution of <paramref name="x"/> to <paramref name="y"/>.</summary>
    /// <param name="x">Shape [T,F,I].</param>
    /// <param name="w">The weights.</param>
    /// <param name="y">Shape [T,F,O].</param>
    public void Forward(ReadOnlySpan<float> x, ReadOnlySpan<float> w, Span<float> y) => Walk(x, w, y, forwards: true);

    /// <summary>Adds the gradient of the weights.</summary>
    /// <param name="x">Shape [T,F,I].</param>
    /// <param name="outputGradient">Shape [T,F,O].</param>
    /// <param name="weightGradient">The weights' shape.</param>
    public void BackwardWeights(ReadOnlySpan<float> x, ReadOnlySpan<float> outputGradient, Span<float> weightGradient) => Walk(x, outputGradient, weightGradient, forwards: false);

    /// <summary>Lays the weights with input channels side by side and padded to whole blocks, shape [taps over time, taps over bands, O, <see cref="PaddedInputs"/>].</summary>
    /// <param name="w">The weights.</param>
    /// <param name="turned">At least <see cref="TurnedWeights"/> long.</param>
    public void Turn(ReadOnlySpan<float> w, Span<float> turned)
    {
        turned = turned[..TurnedWeights];
        turned.Clear();
        for (int row = 0; row < _taps * inputs; row++)
        {
            int tap = row / inputs, i = row % inputs;
            for (int o = 0; o < outputs; o++)
            {
                turned[(((tap * outputs) + o) * PaddedInputs) + i] = w[(row * outputs) + o];
            }
        }
    }

    /// <summary>Writes the gradient of the input.</summary>
    /// <param name="turned">The weights as <see cref="Turn"/> lays them.</param>
    /// <param name="outputGradient">Shape [T,F,O].</param>
    /// <param name="inputGradient">Shape [T,F,I].</param>
    /// <param name="scratch">At least <see cref="ScratchLength"/> long.</param>
    /// <remarks>
    /// The gradient of the output is copied into a frame of zeros, so that every tap is a constant distance away for every position, and four neighbours share each row of weights. Positions are numbered
    /// along the frame's rows; those in its margin are worked out with the others and thrown away.
    /// </remarks>
    public void BackwardInput(ReadOnlySpan<float> turned, ReadOnlySpan<float> outputGradient, Span<float> inputGradient, Span<float> scratch)
    {
        int steps = inputGradient.Length / (bands * inputs);
        Guard.Length(outputGradient.Length, steps * bands * outputs, nameof(outputGradient));
        turned = turned[..TurnedWeights];
        scratch = scratch[..ScratchLength(steps)];
        scratch.Clear();
        int stepMargin = StepReach - kernel.StepsBefore, bandMargin = BandReach - kernel.BandsBefore;
        for (int t = 0; t < steps; t++)
        {
            outputGradient.Slice(t * bands * outputs, bands * outputs).CopyTo(scratch[((((t + stepMargin) * Pitch) + bandMargin) * outputs)..]);
        }

        for (int q = 0; q < steps * Pitch; q += Neighbours)
        {
            if (q % Pitch >= bands && (q % Pitch) + Neighbours <= Pitch)
            {
                continue;   // all in the margin
            }

            for (int i = 0; i < inputs; i += Block)
            {
                BackwardBlock(turned, scratch, inputGradient, q, i, steps, stepMargin);
            }
        }
    }

    /// <summary>Length of the weights as <see cref="Turn"/> lays them.</summary>
    public int TurnedWeights => _taps * outputs * PaddedInputs;

    /// <summary>Length of what <see cref="BackwardInput"/> needs to work.</summary>
    /// <param name="steps">T.</param>
    public int ScratchLength(int steps) => checked((((steps + StepReach) * Pitch) + BandReach + Neighbours) * outputs);

    private static int Block => 2 * Vector<float>.Count;

    private int PaddedInputs => (inputs + Block - 1) / Block * Block;

    private int StepReach => (kernel.Steps - 1) * kernel.StepDilation;

    private int BandReach => (kernel.Bands - 1) * kernel.BandDilation;

    /// <summary>Positions of a row of the frame.</summary>
    private int Pitch => bands + BandReach;

    /// <summary>Four positions, two vectors of input channels, all taps and output channels.</summary>
    private void BackwardBlock(ReadOnlySpan<float> turned, ReadOnlySpan<float> frame, Span<float> inputGradient, int q, int i, int steps, int stepMargin)
    {
        Vector<float> a = default, b = default, c = default, d = default, a2 = default, b2 = default, c2 = default, d2 = default;
        nuint half = (nuint)Vector<float>.Count, row = (nuint)PaddedInputs, next = (nuint)outputs;
        for (int k = 0; k < kernel.Steps; k++)
        {
            int shift = (kernel.Steps - 1 - k) * kernel.StepDilation, first = (q / Pitch) + shift, last = ((q + Neighbours - 1 + BandReach) / Pitch) + shift;
            if (last < stepMargin || first >= stepMargin + steps)
            {
                continue;   // before the first step or after the last, where there is nothing
            }

            for (int j = 0; j < kernel.Bands; j++)
            {
                ref float g = ref Unsafe.Add(ref MemoryMarshal.GetReference(frame), (nint)(q + (shift * Pitch) + ((kernel.Bands - 1 - j) * kernel.BandDilation)) * outputs);
                ref float w = ref Unsafe.Add(ref MemoryMarshal.GetReference(turned), ((nint)((k * kernel.Bands) + j) * outputs * PaddedInputs) + i);
                for (nuint o = 0; o < next; o++, w = ref Unsafe.Add(ref w, row))
                {
                    Vector<float> low = Vector.LoadUnsafe(ref w), high = Vector.LoadUnsafe(ref w, half);
                    Vector<float> ga = new(Unsafe.Add(ref g, o)), gb = new(Unsafe.Add(ref g, o + next)), gc = new(Unsafe.Add(ref g, o + (2 * next))), gd = new(Unsafe.Add(ref g, o + (3 * next)));
                    a = Vector.FusedMultiplyAdd(ga, low, a);
                    a2 = Vector.FusedMultiplyAdd(ga, high, a2);
                    b = Vector.FusedMultiplyAdd(gb, low, b);
                    b2 = Vector.FusedMultiplyAdd(gb, high, b2);
                    c = Vector.FusedMultiplyAdd(gc, low, c);
                    c2 = Vector.FusedMultiplyAdd(gc, high, c2);
                    d = Vector.FusedMultiplyAdd(gd, low, d);
                    d2 = Vector.FusedMultiplyAdd(gd, high, d2);
                }
            }
        }

        Store(inputGradient, q, i, steps, a, a2);
        Store(inputGradient, q + 1, i, steps, b, b2);
        Store(inputGradient, q + 2, i, steps, c, c2);
        Store(inputGradient, q + 3, i, steps, d, d2);
    }

    private void Store(Span<float> inputGradient, int q, int i, int steps, Vector<float> low, Vector<float> high)
    {
        int t = q / Pitch, f = q % Pitch;
        if (t >= steps || f >= bands)
        {
            return;
        }

        Span<float> to = inputGradient.Slice((((t * bands) + f) * inputs) + i, Math.Min(Block, inputs - i));
        if (to.Length == Block)
        {
            low.CopyTo(to);
            high.CopyTo(to[Vector<float>.Count..]);
            return;
        }

        for (int lane = 0; lane < to.Length; lane++)
        {
            to[lane] = lane < Vector<float>.Count ? low[lane] : high[lane - Vector<float>.Count];
        }
    }

    /// <summary>Goes from every input that is not 0 to every output that it reaches: forwards a row of weights is added to the output's row, backwards the output's gradient to the row of weights.</summary>
    private void Walk(ReadOnlySpan<float> x, ReadOnlySpan<float> source, Span<float> target, bool forwards)
    {
        int positions = x.Length / inputs;
        Guard.Length(forwards ? source.Length : target.Length, Weights, "weights");
        Guard.Length(forwards ? target.Length : source.Length, positions * outputs, "outputs");   // from here on offsets hold by construction
        Span<(int Output, int Tap)> reach = stackalloc (int, int)[_taps];
        ref float from = ref MemoryMarshal.GetReference(source), to = ref MemoryMarshal.GetReference(target);
        for (int position = 0; position < positions; position++)
        {
            ReadOnlySpan<float> channels = x.Slice(position * inputs, inputs);
            int i = channels.IndexOfAnyExcept(0f);
            if (i < 0)
            {
                continue;
            }

            ReadOnlySpan<(int Output, int Tap)> reached = reach[..Reach(position, positions, reach)];
            for (; i < inputs; i++)
            {
                float value = channels[i];
                if (value == 0f)
                {
                    continue;
                }

                foreach ((int output, int tap) in reached)
                {
                    nint weights = (nint)((tap * inputs) + i) * outputs, row = (nint)output * outputs;
                    (nint here, nint there) = forwards ? (weights, row) : (row, weights);
                    Rows.AddScaled(value, ref Unsafe.Add(ref from, here), ref Unsafe.Add(ref to, there), outputs);
                }
            }
        }
    }

    /// <summary>Lists the outputs that an input position takes part in, each with its tap.</summary>
    /// <returns>How many.</returns>
    private int Reach(int position, int positions, Span<(int Output, int Tap)> reach)
    {
        int steps = positions / bands, step = (position / bands) + kernel.StepsBefore, band = (position % bands) + kernel.BandsBefore, count = 0;
        for (int k = 0; k < kernel.Steps; k++, step -= kernel.StepDilation)
        {
            if ((uint)step >= (uint)steps)
            {
                continue;
            }

            for (int j = 0, f = band; j < kernel.Bands; j++, f -= kernel.BandDilation)
            {
                if ((uint)f < (uint)bands)
                {
                    reach[count++] = ((step * bands) + f, (k * kernel.Bands) + j);
                }
            }
        }

        return count;
    }
}
