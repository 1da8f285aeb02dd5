using System.Numerics;

namespace StereoSpike.Model;

/// <summary>The sum over a kernel's taps of product maps, each shifted by its tap and resized: the second half of <see cref="UpsampledHead"/>, and its gradient.</summary>
/// <remarks><code>
/// out[n,y,x] = Σ_j Σ_i  P[n, j·k + i, r(y + i), q(x + j)]
/// </code>
/// with r and q the resize's row and column maps. The sum over i is taken while rows are still short.</remarks>
internal static unsafe class TapSpreading
{
    /// <summary>Works the sum out.</summary>
    /// <param name="geometry">Sizes; of a resize.</param>
    /// <param name="products">P, shape [N,k·k,h,w].</param>
    /// <param name="output">Receives the result, shape [N,H,W].</param>
    /// <param name="images">N.</param>
    public static void Forward(ConvolutionGeometry geometry, float* products, float* output, int images)
    {
        int k = geometry.Kernel, w = geometry.InColumns, plane = geometry.InRows * w;
        using var sums = new Scratch(k * w);
        fixed (int* sources = geometry.Phases[0].Sources)
        {
            foreach ((int image, int y, int[] runs, int[] reads) in Rows(geometry, images))
            {
                new Span<float>(sums.Start, k * w).Clear();
                for (int u = 0; u < runs.Length; u++)
                {
                    TapRun run = geometry.Runs[runs[u]];
                    for (int j = 0; j < k; j++)
                    {
                        for (int i = run.First; i < run.End; i++)
                        {
                            Add(sums.Start + (j * w), products + ((((long)image * k * k) + (j * k) + i) * plane) + (reads[u] * w), w);
                        }
                    }
                }

                float* row = output + ((((long)image * geometry.OutRows) + y) * geometry.OutColumns);
                for (int x = 0; x < geometry.OutColumns; x++)
                {
                    float sum = 0;
                    for (int j = 0; j < k; j++)
                    {
                        sum += sums.Start[(j * w) + sources[x + j]];
                    }

                    row[x] = sum;
                }
            }
        }
    }

    /// <summary>Works the gradient out.</summary>
    /// <param name="geometry">Sizes; of a resize.</param>
    /// <param name="gradient">∂L/∂out, shape [N,H,W].</param>
    /// <param name="productsGradient">Receives ∂L/∂P, shape [N,k·k,h,w].</param>
    /// <param name="images">N.</param>
    public static void Backward(ConvolutionGeometry geometry, float* gradient, float* productsGradient, int images)
    {
        int k = geometry.Kernel, w = geometry.InColumns, plane = geometry.InRows * w;
        for (int image = 0; image < images; image++)
        {
            new Span<float>(productsGradient + ((long)image * k * k * plane), k * k * plane).Clear();
        }

        using var sums = new Scratch(k * w);
        fixed (int* sources = geometry.Phases[0].Sources)
        {
            foreach ((int image, int y, int[] runs, int[] reads) in Rows(geometry, images))
            {
                new Span<float>(sums.Start, k * w).Clear();
                float* row = gradient + ((((long)image * geometry.OutRows) + y) * geometry.OutColumns);
                for (int x = 0; x < geometry.OutColumns; x++)
                {
                    for (int j = 0; j < k; j++)
                    {
                        sums.Start[(j * w) + sources[x + j]] += row[x];
                    }
                }

                for (int u = 0; u < runs.Length; u++)
                {
                    TapRun run = geometry.Runs[runs[u]];
                    for (int j = 0; j < k; j++)
                    {
                        for (int i = run.First; i < run.End; i++)
                        {
                            Add(productsGradient + ((((long)image * k * k) + (j * k) + i) * plane) + (reads[u] * w), sums.Start + (j * w), w);
                        }
                    }
                }
            }
        }
    }

    private static IEnumerable<(int Image, int Y, int[] Runs, int[] Reads)> Rows(ConvolutionGeometry geometry, int images) =>
        from image in Enumerable.Range(0, images)
        from pattern in geometry.ByOutputRow
        from i in Enumerable.Range(0, pattern.Rows.Length)
        select (image, pattern.Rows[i], pattern.Runs, pattern.Reads[i]);

    private static void Add(float* target, float* source, int length)
    {
        int x = 0;
        for (; x + Vector<float>.Count <= length; x += Vector<float>.Count)
        {
            Vector.Store(Vector.Load(target + x) + Vector.Load(source + x), target + x);
        }

        for (; x < length; x++)
        {
            target[x] += source[x];
        }
    }
}
