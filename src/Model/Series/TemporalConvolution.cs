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

    /// <summary>Writes the gradient of the input.</summary>
    /// <param name="turned">The weights as <see cref="Turn"/> lays them.</param>
    /// <param name="outputGradient">Shape [T,F,O].</param>
    /// <param name="inputGradient">Shape [T,F,I].</param>
    public void BackwardInput(ReadOnlySpan<float> turned, ReadOnlySpan<float> outputGradient, Span<float> inputGradient)
    {
        int positions = inputGradient.Length / inputs, pair = 2 * Vector<float>.Count;
        Span<(int Output, int Tap)> reach = stackalloc (int, int)[_taps];
        for (int position = 0; position < positions; position++)
        {
            ReadOnlySpan<(int Output, int Tap)> reached = reach[..Reach(position, positions, reach)];
            Span<float> row = inputGradient.Slice(position * inputs, inputs);
            int i = 0;
            for (; i <= inputs - pair; i += pair)
            {
                (Vector<float> low, Vector<float> high) = (Vector<float>.Zero, Vector<float>.Zero);
                foreach ((int output, int tap) in reached)
                {
                    AddTap(outputGradient.Slice(output * outputs, outputs), turned.Slice(tap * inputs * outputs, inputs * outputs), i, ref low, ref high);
                }

                low.CopyTo(row[i..]);
                high.CopyTo(row[(i + Vector<float>.Count)..]);
            }

            Span<float> rest = row[i..];
            rest.Clear();
            if (rest.IsEmpty)
            {
                continue;
            }

            foreach ((int output, int tap) in reached)
            {
                for (int o = 0; o < outputs; o++)
                {
                    Rows.AddScaled(outputGradient[(output * outputs) + o], turned.Slice((((tap * outputs) + o) * inputs) + i, rest.Length), rest);
                }
            }
        }
    }

    /// <summary>Lays the weights with input channels side by side, shape [taps over time, taps over bands, O, I].</summary>
    public void Turn(ReadOnlySpan<float> w, Span<float> turned)
    {
        for (int tap = 0; tap < _taps; tap++)
        {
            for (int i = 0; i < inputs; i++)
            {
                for (int o = 0; o < outputs; o++)
                {
                    turned[(((tap * outputs) + o) * inputs) + i] = w[(((tap * inputs) + i) * outputs) + o];
                }
            }
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

    /// <summary>Two vectors of input channels, one tap, all output channels; four sums at once, because one must wait for its last addition.</summary>
    private void AddTap(ReadOnlySpan<float> gradient, ReadOnlySpan<float> turned, int i, ref Vector<float> low, ref Vector<float> high)
    {
        ref float w = ref MemoryMarshal.GetReference(turned[i..]);   // the last row's two vectors end within the tap's weights: i + pair <= I
        nuint row = (nuint)inputs, half = (nuint)Vector<float>.Count, at = 0;
        Vector<float> low2 = Vector<float>.Zero, high2 = Vector<float>.Zero;
        int o = 0;
        for (; o < gradient.Length - 1; o += 2, at += 2 * row)
        {
            Vector<float> first = new(gradient[o]), second = new(gradient[o + 1]);
            low = Vector.FusedMultiplyAdd(first, Vector.LoadUnsafe(ref w, at), low);
            high = Vector.FusedMultiplyAdd(first, Vector.LoadUnsafe(ref w, at + half), high);
            low2 = Vector.FusedMultiplyAdd(second, Vector.LoadUnsafe(ref w, at + row), low2);
            high2 = Vector.FusedMultiplyAdd(second, Vector.LoadUnsafe(ref w, at + row + half), high2);
        }

        if (o < gradient.Length)
        {
            var last = new Vector<float>(gradient[o]);
            low = Vector.FusedMultiplyAdd(last, Vector.LoadUnsafe(ref w, at), low);
            high = Vector.FusedMultiplyAdd(last, Vector.LoadUnsafe(ref w, at + half), high);
        }

        low += low2;
        high += high2;
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
