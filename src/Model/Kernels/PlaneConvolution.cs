using System.Runtime.Intrinsics;

namespace StereoSpike.Model;

/// <summary>A convolution over planes, dense or depthwise, forward and backward, with the padding or the nearest resize before it folded in.</summary>
/// <remarks><code>
/// y[n,o,r,c] = Σ_i Σ_a Σ_b  K[o,i,a,b] · x̃[n,i,r·s+a,c·s+b]          x̃: x padded with zeros, or resized
/// ∂L/∂x̃      the same sum read from the other end;  ∂L/∂x gathers what x̃ repeats
/// ∂L/∂K[o,i,a,b] = Σ_n Σ_r Σ_c  ∂L/∂y[n,o,r,c] · x̃[n,i,r·s+a,c·s+b]
/// </code>
/// Images are [N,C,H,W], kernels [O,I,k,k], I = 1 where depthwise. Sums are taken in an order that does not depend on the number of threads.
/// </remarks>
internal sealed unsafe class PlaneConvolution
{
    private readonly ConvolutionGeometry _geometry;
    private readonly PlaneLayout _layout;
    private readonly int _inChannels, _outChannels, _threads, _kernelArea, _inPixels, _outPixels;
    private readonly bool _depthwise;

    /// <summary>Plans a convolution.</summary>
    /// <param name="geometry">Sizes.</param>
    /// <param name="inChannels">C.</param>
    /// <param name="outChannels">O; C again where depthwise.</param>
    /// <param name="depthwise">Whether each channel has a kernel of its own.</param>
    /// <param name="threads">At most so many, at least 1.</param>
    public PlaneConvolution(ConvolutionGeometry geometry, int inChannels, int outChannels, bool depthwise, int threads)
    {
        _geometry = geometry;
        _layout = new PlaneLayout(geometry);
        _inChannels = inChannels;
        _outChannels = outChannels;
        _depthwise = depthwise;
        _threads = threads;
        _kernelArea = geometry.Kernel * geometry.Kernel;
        _inPixels = geometry.InRows * geometry.InColumns;
        _outPixels = geometry.OutRows * geometry.OutColumns;
    }

    /// <summary>Works y out.</summary>
    /// <param name="x">Shape [N,C,H,W].</param>
    /// <param name="kernel">K.</param>
    /// <param name="y">Receives the result.</param>
    /// <param name="images">N.</param>
    public void Forward(float* x, float* kernel, float* y, int images)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Forward<Lanes16>(x, kernel, y, images);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Forward<Lanes8>(x, kernel, y, images);
        }
        else
        {
            Forward<Lanes1>(x, kernel, y, images);
        }
    }

    /// <summary>Works ∂L/∂x and ∂L/∂K out, each where asked for.</summary>
    /// <param name="x">The input; read only for the kernel's gradient.</param>
    /// <param name="kernel">K; read only for the input's gradient.</param>
    /// <param name="yGradient">∂L/∂y.</param>
    /// <param name="xGradient">Receives ∂L/∂x; null for none.</param>
    /// <param name="kernelGradient">Receives ∂L/∂K; null for none.</param>
    /// <param name="images">N.</param>
    public void Backward(float* x, float* kernel, float* yGradient, float* xGradient, float* kernelGradient, int images)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Backward<Lanes16>(x, kernel, yGradient, xGradient, kernelGradient, images);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Backward<Lanes8>(x, kernel, yGradient, xGradient, kernelGradient, images);
        }
        else
        {
            Backward<Lanes1>(x, kernel, yGradient, xGradient, kernelGradient, images);
        }
    }

    /// <summary>As the public one, with lanes of the caller's choice.</summary>
    internal void Forward<T>(float* x, float* kernel, float* y, int images)
        where T : struct, ILanes<T>
    {
        using PlaneSet spread = SpreadInputs(x, images);
        RowBlock[] blocks = RowBlock.Cut(_outChannels, _depthwise ? [1] : RowProducts<T>.AccumulatedRows);
        RowPattern[] patterns = _geometry.ByOutputRow;
        int read = _depthwise ? 1 : _inChannels, taps = read * patterns.Max(pattern => pattern.Runs.Length) * _geometry.Kernel;
        InParallel(blocks.Length, item =>
        {
            RowBlock block = blocks[item];
            using var weights = new Scratch((long)patterns.Length * taps * block.Rows);
            using var made = new Scratch(block.Rows * _layout.OutWidth);
            using PlaneSet own = spread.Local();
            int[] offsets = new int[taps];
            for (int p = 0; p < patterns.Length; p++)
            {
                PackForward(kernel, block, read, patterns[p].Runs, weights.Start + ((long)p * taps * block.Rows));
            }

            for (int image = 0; image < images; image++)
            {
                float* source = own.At(image, _depthwise ? block.First : 0);
                float* target = y + ((((long)image * _outChannels) + block.First) * _outPixels);
                for (int p = 0; p < patterns.Length; p++)
                {
                    for (int i = 0; i < patterns[p].Rows.Length; i++)
                    {
                        int used = InputOffsets(patterns[p].Reads[i], read, offsets);
                        RowProducts<T>.Accumulate(
                            block.Rows, offsets.AsSpan(0, used), weights.Start + ((long)p * taps * block.Rows), source, made.Start, _layout.OutWidth, _layout.OutWidth);
                        for (int r = 0; r < block.Rows; r++)
                        {
                            new ReadOnlySpan<float>(made.Start + (r * _layout.OutWidth), _geometry.OutColumns)
                                .CopyTo(new Span<float>(target + (r * _outPixels) + (patterns[p].Rows[i] * _geometry.OutColumns), _geometry.OutColumns));
                        }
                    }
                }
            }
        });
    }

    /// <summary>As the public one, with lanes of the caller's choice.</summary>
    internal void Backward<T>(float* x, float* kernel, float* yGradient, float* xGradient, float* kernelGradient, int images)
        where T : struct, ILanes<T>
    {
        using PlaneSet gradient = SpreadGradients(yGradient, images);
        if (xGradient is not null)
        {
            InputGradient<T>(gradient, kernel, xGradient, images);
        }

        if (kernelGradient is not null)
        {
            using PlaneSet spread = SpreadInputs(x, images);
            KernelGradient<T>(spread, gradient, kernelGradient, images);
        }
    }

    private void InputGradient<T>(PlaneSet gradient, float* kernel, float* xGradient, int images)
        where T : struct, ILanes<T>
    {
        RowBlock[] blocks = RowBlock.Cut(_inChannels, _depthwise ? [1] : RowProducts<T>.AccumulatedRows);
        RowPattern[] patterns = _geometry.ByInputRow;
        int read = _depthwise ? 1 : _outChannels, taps = read * patterns.Max(pattern => pattern.Runs.Length) * _geometry.Kernel;
        InParallel(blocks.Length, item =>
        {
            RowBlock block = blocks[item];
            using var weights = new Scratch(Math.Max(1, taps * block.Rows));
            using var made = new Scratch(block.Rows * _layout.PhaseWidth);
            using PlaneSet own = gradient.Local();
            int[] offsets = new int[taps];
            for (int image = 0; image < images; image++)
            {
                new Span<float>(xGradient + ((((long)image * _inChannels) + block.First) * _inPixels), block.Rows * _inPixels).Clear();
            }

            foreach (RowPattern pattern in patterns)
            {
                for (int phase = 0; phase < _geometry.Stride; phase++)
                {
                    PackBackward(kernel, block, read, pattern.Runs, phase, weights.Start);
                    for (int image = 0; image < images; image++)
                    {
                        float* source = own.At(image, _depthwise ? block.First : 0);
                        float* target = xGradient + ((((long)image * _inChannels) + block.First) * _inPixels);
                        for (int i = 0; i < pattern.Rows.Length; i++)
                        {
                            int used = GradientOffsets(pattern.Reads[i], read, phase, offsets);
                            RowProducts<T>.Accumulate(block.Rows, offsets.AsSpan(0, used), weights.Start, source, made.Start, _layout.PhaseWidth, _layout.PhaseWidth);
                            for (int r = 0; r < block.Rows; r++)
                            {
                                _geometry.Phases[phase].Gather(made.Start + (r * _layout.PhaseWidth), target + (r * _inPixels) + (pattern.Rows[i] * _geometry.InColumns));
                            }
                        }
                    }
                }
            }
        });
    }

    private void KernelGradient<T>(PlaneSet spread, PlaneSet gradient, float* kernelGradient, int images)
        where T : struct, ILanes<T>
    {
        RowBlock[] blocks = RowBlock.Cut(_outChannels, _depthwise ? [1] : RowProducts<T>.CorrelatedRows);
        int inputs = _depthwise ? 1 : _inChannels;
        (RowPattern Pattern, int[] Starts, int[] Offsets)[] plans = [.. _geometry.ByOutputRow.Select(pattern => (
            pattern,
            pattern.Rows.Select(row => _layout.GradientOffset(row, 0)).ToArray(),
            pattern.Reads.SelectMany(rows => rows.SelectMany(row => Enumerable.Range(0, _geometry.Kernel).Select(column => _layout.InputOffset(row, column)))).ToArray()))];
        int most = plans.Max(plan => plan.Pattern.Runs.Length) * _geometry.Kernel;
        InParallel(blocks.Length * inputs, item =>
        {
            RowBlock block = blocks[item / inputs];
            int input = _depthwise ? block.First : item % inputs;
            using PlaneSet ownSpread = spread.Local(), ownGradient = gradient.Local();
            using var sums = new Scratch((long)plans.Length * most * block.Rows * T.Count);
            for (int image = 0; image < images; image++)
            {
                float* a = ownGradient.At(image, block.First), b = ownSpread.At(image, input);
                for (int p = 0; p < plans.Length; p++)
                {
                    RowProducts<T>.Correlate(
                        block.Rows, a, plans[p].Starts, _layout.GradientPlane, b, plans[p].Offsets, sums.Start + ((long)p * most * block.Rows * T.Count), _layout.OutWidth);
                }
            }

            for (int r = 0; r < block.Rows; r++)
            {
                var target = new Span<float>(kernelGradient + ((((long)(block.First + r) * inputs) + (_depthwise ? 0 : input)) * _kernelArea), _kernelArea);
                target.Clear();
                for (int p = 0; p < plans.Length; p++)
                {
                    Unfold<T>(sums.Start + ((long)p * most * block.Rows * T.Count), r, block.Rows, plans[p].Pattern.Runs, target);
                }
            }
        });
    }

    /// <summary>Adds the sums of each run to all of its kernel rows.</summary>
    private void Unfold<T>(float* sums, int row, int rows, int[] runs, Span<float> target)
        where T : struct, ILanes<T>
    {
        int k = _geometry.Kernel;
        for (int u = 0; u < runs.Length; u++)
        {
            for (int column = 0; column < k; column++)
            {
                float sum = T.Sum(T.Load(sums + (((((u * k) + column) * rows) + row) * T.Count)));
                for (int a = _geometry.Runs[runs[u]].First; a < _geometry.Runs[runs[u]].End; a++)
                {
                    target[(a * k) + column] += sum;
                }
            }
        }
    }

    private int InputOffsets(int[] rows, int read, int[] offsets)
    {
        int t = 0;
        for (int channel = 0; channel < read; channel++)
        {
            foreach (int row in rows)
            {
                for (int column = 0; column < _geometry.Kernel; column++)
                {
                    offsets[t++] = (channel * _layout.InPlane) + _layout.InputOffset(row, column);
                }
            }
        }

        return t;
    }

    private int GradientOffsets(int[] rows, int read, int phase, int[] offsets)
    {
        int t = 0;
        for (int channel = 0; channel < read; channel++)
        {
            foreach (int row in rows)
            {
                for (int column = phase; column < _geometry.Kernel; column += _geometry.Stride)
                {
                    offsets[t++] = (channel * _layout.GradientPlane) + _layout.GradientOffset(row, column);
                }
            }
        }

        return t;
    }

    /// <summary>Weights in the order of <see cref="InputOffsets"/>, those of the rows made at once side by side.</summary>
    private void PackForward(float* kernel, RowBlock block, int read, int[] runs, float* packed)
    {
        for (int channel = 0; channel < read; channel++)
        {
            foreach (int run in runs)
            {
                for (int column = 0; column < _geometry.Kernel; column++)
                {
                    for (int r = 0; r < block.Rows; r++)
                    {
                        *packed++ = Folded(kernel + ((((long)(block.First + r) * read) + channel) * _kernelArea), run, column);
                    }
                }
            }
        }
    }

    /// <summary>Weights in the order of <see cref="GradientOffsets"/>.</summary>
    private void PackBackward(float* kernel, RowBlock block, int read, int[] runs, int phase, float* packed)
    {
        for (int channel = 0; channel < read; channel++)
        {
            foreach (int run in runs)
            {
                for (int column = phase; column < _geometry.Kernel; column += _geometry.Stride)
                {
                    for (int r = 0; r < block.Rows; r++)
                    {
                        long plane = _depthwise ? block.First + r : ((long)channel * _inChannels) + block.First + r;
                        *packed++ = Folded(kernel + (plane * _kernelArea), run, column);
                    }
                }
            }
        }
    }

    /// <summary>The sum of a kernel column's taps over a run of rows.</summary>
    private float Folded(float* plane, int run, int column)
    {
        (int first, int end) = (_geometry.Runs[run].First, _geometry.Runs[run].End);
        float sum = plane[(first * _geometry.Kernel) + column];
        for (int a = first + 1; a < end; a++)
        {
            sum += plane[(a * _geometry.Kernel) + column];
        }

        return sum;
    }

    private PlaneSet SpreadInputs(float* x, int images) => Spread(images, _inChannels, _layout.InPlane, (plane, target) => _layout.SpreadInput(x + ((long)plane * _inPixels), target));

    private PlaneSet SpreadGradients(float* yGradient, int images) =>
        Spread(images, _outChannels, _layout.GradientPlane, (plane, target) => _layout.SpreadGradient(yGradient + ((long)plane * _outPixels), target));

    /// <summary>All planes spread out; where depthwise each when it is its turn, which keeps it in the cache.</summary>
    private PlaneSet Spread(int images, int channels, int size, PlaneSpreader spread)
    {
        if (_depthwise)
        {
            return new PlaneSet(channels, size, spread);
        }

        var all = new PlaneSet(channels, size, images);
        InParallel(images * channels, plane => spread(plane, all.At(0, plane)));
        return all;
    }

    private void InParallel(int items, Action<int> work)
    {
        if (_threads > 1)
        {
            Parallel.For(0, items, new ParallelOptions { MaxDegreeOfParallelism = _threads }, work);
            return;
        }

        for (int i = 0; i < items; i++)
        {
            work(i);
        }
    }
}
