using TorchSharp;
using static TorchSharp.torch;

namespace StereoSpike.Model;

/// <summary><see cref="PlaneConvolution"/> as an operation that TorchSharp can differentiate.</summary>
internal sealed unsafe class PlaneConvolutionFunction : autograd.SingleTensorFunction<PlaneConvolutionFunction>
{
    private const string GeometryKey = "geometry", InputKey = "input gradient", KernelKey = "kernel gradient";

    public override string Name => "StereoSpike.PlaneConvolution";

    /// <summary>Convolves.</summary>
    /// <param name="input">Shape [N,C,H,W], float32 on the processor.</param>
    /// <param name="kernel">Shape [O,C,k,k], or [C,1,k,k] for a depthwise convolution of several channels.</param>
    /// <param name="geometry">Sizes; of the input's H and W.</param>
    public static Tensor Convolve(Tensor input, Tensor kernel, ConvolutionGeometry geometry) =>
        input.requires_grad || kernel.requires_grad ? apply(input, kernel, geometry) : Forward(input, kernel, geometry);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        (Tensor input, Tensor kernel, var geometry) = ((Tensor)vars[0], (Tensor)vars[1], (ConvolutionGeometry)vars[2]);
        ctx.save_for_backward([input, kernel]);
        ctx.save_data(GeometryKey, geometry);
        ctx.save_data(InputKey, input.requires_grad);
        ctx.save_data(KernelKey, kernel.requires_grad);
        return Forward(input, kernel, geometry);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor input, Tensor kernel) = (ctx.get_saved_variables()[0].contiguous(), ctx.get_saved_variables()[1].contiguous());
        Tensor? inputGradient = (bool)ctx.get_data(InputKey) ? empty_like(input) : null;
        Tensor? kernelGradient = (bool)ctx.get_data(KernelKey) ? empty_like(kernel) : null;
        Tensor gradient = grad_output.contiguous();
        Plan(input, kernel, (ConvolutionGeometry)ctx.get_data(GeometryKey))
            .Backward(input.Floats(), kernel.Floats(), gradient.Floats(), inputGradient is null ? null : inputGradient.Floats(), kernelGradient is null ? null : kernelGradient.Floats(), (int)input.shape[0]);
        return [inputGradient?.MoveToOuterDisposeScope()!, kernelGradient?.MoveToOuterDisposeScope()!, null!];   // sizes have no gradient
    }

    private static Tensor Forward(Tensor input, Tensor kernel, ConvolutionGeometry geometry)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor x, Tensor k) = (input.contiguous(), kernel.contiguous());
        Tensor y = empty(input.shape[0], kernel.shape[0], geometry.OutRows, geometry.OutColumns);
        Plan(input, kernel, geometry).Forward(x.Floats(), k.Floats(), y.Floats(), (int)input.shape[0]);
        return y.MoveToOuterDisposeScope();
    }

    private static PlaneConvolution Plan(Tensor input, Tensor kernel, ConvolutionGeometry geometry) => new(
        geometry, (int)input.shape[1], (int)kernel.shape[0], depthwise: kernel.shape[1] == 1 && input.shape[1] > 1, get_num_threads());
}
