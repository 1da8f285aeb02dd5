using static TorchSharp.torch;

namespace StereoSpike.Training;

/// <summary>The 3×3 kernels that find edges across and along rows.</summary>
internal static class SobelKernels
{
    /// <summary>Both kernels, shape [2,1,3,3]: a step of 1 answers 4.</summary>
    public static Tensor Make() => tensor((float[])[1, 0, -1, 2, 0, -2, 1, 0, -1, 1, 2, 1, 0, 0, 0, -1, -2, -1], [2, 1, 3, 3]);
}
