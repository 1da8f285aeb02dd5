using System.Runtime.CompilerServices;

namespace StereoSpike.Hardware;

/// <summary>One row of a depthwise convolution: each output channel sums its own channel's taps, all channels side by side.</summary>
/// <remarks><code>out[x, c] = bias[c] + Σ_u Σ_v W[pattern(x)][u, v, c] · in[row u][first(x) + v, c]</code>
/// Four channel vectors are summed at once, so that their sums do not wait for one another.</remarks>
internal unsafe struct DepthwiseKernel<T>
    where T : unmanaged
{
    /// <summary>Source rows, shape [Rows]; each of shape [column, Channels], and column −margin and after the last exist and are 0.</summary>
    public T** SourceRows;

    /// <summary>Source rows an output reads.</summary>
    public int Rows;

    /// <summary>For each output its first source column; shape [Outputs].</summary>
    public int* First;

    /// <summary>For each output its weights, shape [Rows, Spans[x], Channels]; shape [Outputs].</summary>
    public T** Weights;

    /// <summary>For each output how many source columns it reads; shape [Outputs].</summary>
    public int* Spans;

    /// <summary>Shape [Channels].</summary>
    public T* Bias;

    /// <summary>Channels, filled up to a multiple of 16.</summary>
    public int Channels;

    /// <summary>Receives the sums, shape [Outputs, Channels].</summary>
    public T* Sums;

    /// <summary>Outputs.</summary>
    public int Outputs;

    /// <summary>Sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Sum<TVector, TLanes>()
        where TVector : unmanaged
        where TLanes : struct, ILanes<TVector, T>
    {
        int lanes = TLanes.Channels, channels = Channels;
        for (int x = 0; x < Outputs; x++)
        {
            T* sums = Sums + ((long)x * channels);
            int c = 0;
            for (; c + (4 * lanes) <= channels; c += 4 * lanes)
            {
                Four<TVector, TLanes>(x, c, sums + c);
            }

            for (; c < channels; c += lanes)
            {
                One<TVector, TLanes>(x, c, sums + c);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Four<TVector, TLanes>(int x, int c, T* sums)
        where TVector : unmanaged
        where TLanes : struct, ILanes<TVector, T>
    {
        int lanes = TLanes.Channels, channels = Channels, span = Spans[x];
        T* weights = Weights[x] + c;
        long start = ((long)First[x] * channels) + c;
        TVector s0 = TLanes.Load(Bias + c), s1 = TLanes.Load(Bias + c + lanes), s2 = TLanes.Load(Bias + c + (2 * lanes)), s3 = TLanes.Load(Bias + c + (3 * lanes));
        for (int u = 0; u < Rows; u++)
        {
            T* source = SourceRows[u] + start;
            for (int v = 0; v < span; v++, source += channels, weights += channels)
            {
                s0 = TLanes.MultiplyAdd(TLanes.Load(source), TLanes.Load(weights), s0);
                s1 = TLanes.MultiplyAdd(TLanes.Load(source + lanes), TLanes.Load(weights + lanes), s1);
                s2 = TLanes.MultiplyAdd(TLanes.Load(source + (2 * lanes)), TLanes.Load(weights + (2 * lanes)), s2);
                s3 = TLanes.MultiplyAdd(TLanes.Load(source + (3 * lanes)), TLanes.Load(weights + (3 * lanes)), s3);
            }
        }

        TLanes.Store(sums, s0);
        TLanes.Store(sums + lanes, s1);
        TLanes.Store(sums + (2 * lanes), s2);
        TLanes.Store(sums + (3 * lanes), s3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void One<TVector, TLanes>(int x, int c, T* sums)
        where TVector : unmanaged
        where TLanes : struct, ILanes<TVector, T>
    {
        int channels = Channels, span = Spans[x];
        T* weights = Weights[x] + c;
        long start = ((long)First[x] * channels) + c;
        TVector sum = TLanes.Load(Bias + c);
        for (int u = 0; u < Rows; u++)
        {
            T* source = SourceRows[u] + start;
            for (int v = 0; v < span; v++, source += channels, weights += channels)
            {
                sum = TLanes.MultiplyAdd(TLanes.Load(source), TLanes.Load(weights), sum);
            }
        }

        TLanes.Store(sums, sum);
    }
}
