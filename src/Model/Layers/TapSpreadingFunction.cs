using TorchSharp;
using static TorchSharp.torch;

namespace StereoSpike.Model;

/// <summary><see cref="TapSpreading"/> as an operation that TorchSharp can differentiate.</summary>
internal sealed unsafe class TapSpreadingFunction : autograd.SingleTensorFunction<TapSpreadingFunction>
{
    private const string GeometryKey = "geometry";

    public override string Name => "StereoSpike.TapSpreading";

    /// <summary>Spreads product maps.</summary>
    /// <param name="products">Shape [N,k·k,h,w], float32 on the processor.</param>
    /// <param name="geometry">Sizes.</param>
    /// <returns>Shape [N,1,H,W].</returns>
    public static Tensor Spread(Tensor products, ConvolutionGeometry geometry) => products.requires_grad ? apply(products, geometry) : Forward(products, geometry);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        ctx.save_data(GeometryKey, vars[1]);
        return Forward((Tensor)vars[0], (ConvolutionGeometry)vars[1]);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using DisposeScope scope = NewDisposeScope();
        var geometry = (ConvolutionGeometry)ctx.get_data(GeometryKey);
        Tensor gradient = grad_output.contiguous();
        Tensor products = empty(gradient.shape[0], geometry.Kernel * geometry.Kernel, geometry.InRows, geometry.InColumns);
        TapSpreading.Backward(geometry, gradient.Floats(), products.Floats(), (int)gradient.shape[0]);
        return [products.MoveToOuterDisposeScope(), null!];   // sizes have no gradient
    }

    private static Tensor Forward(Tensor products, ConvolutionGeometry geometry)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor maps = products.contiguous(), output = empty(products.shape[0], 1, geometry.OutRows, geometry.OutColumns);
        TapSpreading.Forward(geometry, maps.Floats(), output.Floats(), (int)products.shape[0]);
        return output.MoveToOuterDisposeScope();
    }
}
